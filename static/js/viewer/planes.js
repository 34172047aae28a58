/* Three planes of an even volume: its slices as they were taken, and cut along their rows and columns, linked by one point.
 *
 * The volume is taken out of the memory that the viewer may use for frames, and given back when the planes are left: nothing
 * of it stays. The point is also the viewer's frame, so that what follows the one follows the other. */

import { Input } from "./input.js";
import { Pane } from "./planes/pane.js";
import { gather } from "./planes/volume.js";
import { fill } from "./words.js";

const NARROW = 600; // pixels; below it the small planes are buttons to the large one

export function install(viewer) {
  const planes = new Planes(viewer);
  viewer.planes = () => (planes.isOpen ? planes.leave() : planes.open());
  planes.open();
  return planes;
}

class Planes {
  constructor(viewer) {
    this.viewer = viewer;
    this.button = viewer.querySelector("[data-act=planes]");
    this.words = JSON.parse(this.button.dataset.words);
  }

  get isOpen() { return Boolean(this.root); }
  get isNarrow() { return this.root.clientWidth < NARROW; }

  async open() {
    const { viewer } = this;
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    this.lay();
    viewer.stop();
    viewer.input.stop();
    viewer.addEventListener("gone", () => this.close(), { signal });
    viewer.addEventListener("keydown", (event) => this.key(event), { signal });
    try {
      const volume = await gather(viewer, (done) => this.progress(done), signal);
      if (!signal.aborted) this.show(volume, signal);
    } catch {
      if (signal.aborted) return;
      await this.leave();
      viewer.note(this.words.failed);
    }
  }

  lay() {
    const { viewer } = this;
    this.root = document.createElement("div");
    this.root.className = "viewer-planes";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", this.words.planes);
    for (const name of ["pointerdown", "wheel", "contextmenu"]) this.root.addEventListener(name, (event) => event.stopPropagation());
    this.bar = Object.assign(document.createElement("progress"), { max: viewer.count, value: 0 });
    this.line = document.createElement("p");
    this.root.append(this.bar, this.line);
    viewer.stage.append(this.root);
    viewer.classList.add("is-planes");
    this.button.setAttribute("aria-pressed", "true");
    this.button.parentElement.scrollLeft = 0; // to the windows, which hold for the planes as well
    this.progress(0);
  }

  progress(done) {
    this.bar.value = done;
    this.line.textContent = fill(this.words.loading, { n: done, all: this.viewer.count });
    this.bar.setAttribute("aria-label", this.line.textContent);
  }

  /* ---- the planes ---- */

  show(volume, signal) {
    const { viewer } = this;
    this.volume = volume;
    this.at = [volume.size[0] >> 1, volume.size[1] >> 1, viewer.frame];
    this.panes = viewer.series.view.volume.planes.map((plane) => new Pane(this, plane));
    this.root.replaceChildren(...this.panes.map(({ root }) => root), ...this.notice());
    viewer.addEventListener("look", () => this.redraw(), { signal });
    viewer.addEventListener("frame", ({ detail }) => this.move({ 2: detail.frame }), { signal });
    // Whoever asks for a mark wants to see it.
    document.addEventListener("click", ({ target }) => target.closest("[data-go-mark]") && this.leave(), { signal });
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.root);
    this.enlarge(this.panes[0]);
    this.panes[0].slider.focus({ preventScroll: true });
  }

  /* Said only to those who would look for their marks. */
  notice() {
    const { series, dataset } = this.viewer;
    const shown = new Set(series.frames.map(({ media }) => media));
    const marks = dataset.marks ? [...document.querySelectorAll(dataset.marks)] : [];
    if (!marks.some((mark) => shown.has(mark.dataset.media))) return [];
    this.line.textContent = this.words.noMarks;
    return [this.line];
  }

  enlarge(pane) {
    for (const one of this.panes) one.enlarge(one === pane);
    this.resize();
  }

  /* Move the point along some of the axes, {axis: place}. */
  move(places) {
    const { viewer, volume, at } = this;
    const before = at[2];
    for (const [axis, place] of Object.entries(places)) at[axis] = Math.min(volume.size[axis] - 1, Math.max(0, place));
    this.redraw();
    if (at[2] === before || at[2] === viewer.frame) return;
    viewer.frame = at[2];
    viewer.tell("frame", { frame: at[2] });
    viewer.bar.update();
  }

  resize() {
    for (const pane of this.panes) pane.resize();
    this.draw();
  }

  redraw() {
    this.turn ??= requestAnimationFrame(() => {
      this.turn = null;
      if (this.volume) this.draw();
    });
  }

  draw() {
    const began = performance.now();
    const grey = this.viewer.looks.grey(this.volume);
    for (const pane of this.panes) pane.draw(grey);
    this.took = performance.now() - began;
  }

  /* ---- the end ---- */

  key(event) {
    if (event.key !== "Escape" || event.target.matches("select")) return;
    event.preventDefault();
    event.stopPropagation();
    this.leave();
  }

  /* Back to the stack, at the slice of the point. */
  async leave() {
    const { viewer } = this;
    this.close();
    viewer.input = new Input(viewer);
    viewer.stage.focus({ preventScroll: true });
    await viewer.go(viewer.frame);
  }

  close() {
    if (!this.isOpen) return;
    this.stopper.abort();
    this.watcher?.disconnect();
    this.root.remove();
    this.viewer.classList.remove("is-planes");
    this.button.setAttribute("aria-pressed", "false");
    Object.assign(this, { root: null, volume: null, panes: null, watcher: null, stopper: null, bar: null, line: null });
  }
}
