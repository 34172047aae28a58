/* Plays a series: at the pace of its recording or another, on and on or once. */

const PACE = 80; // ms for a frame where the file says nothing

export class Cine {
  constructor(viewer) { Object.assign(this, { viewer, speed: 1, isLooping: true, timer: null }); }

  get isPlaying() { return this.timer !== null; }

  get delay() {
    const { series, dataset } = this.viewer;
    return Math.max(10, (series.view.frame_time || Number(dataset.time) || PACE) / this.speed);
  }

  start() {
    if (this.viewer.frame === this.viewer.count - 1) this.viewer.go(0);
    this.timer = setTimeout(() => this.turn(), this.delay);
    this.viewer.redraw();
  }

  /* The next frame is shown when it is due and here; a slow line makes the loop slower, never patchy. */
  async turn() {
    const { viewer } = this;
    const began = performance.now();
    const isLast = viewer.frame === viewer.count - 1;
    if (isLast && !this.isLooping) return this.stop();
    await viewer.go(isLast ? 0 : viewer.frame + 1);
    if (this.isPlaying) this.timer = setTimeout(() => this.turn(), Math.max(0, this.delay - (performance.now() - began)));
  }

  stop() {
    if (!this.isPlaying) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.viewer.redraw();
  }
}
