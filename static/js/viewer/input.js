/* Hands and keys. One finger, or the main button, does what the chosen tool does; two fingers always zoom and move. */

const NOTCH = 40; // pixels of the wheel for one frame

export class Input {
  constructor(viewer) {
    this.viewer = viewer;
    this.stage = viewer.stage;
    this.down = new Map();
    this.stopper = new AbortController();
    const on = (where, name, act, more) =>
      where.addEventListener(name, act, { signal: this.stopper.signal, ...more });
    on(this.stage, "pointerdown", (event) => this.press(event));
    on(this.stage, "pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) on(this.stage, name, (event) => this.release(event));
    on(this.stage, "wheel", (event) => this.wheel(event), { passive: false });
    on(this.stage, "dblclick", () => this.viewer.tool.isOwn && this.viewer.fit());
    on(this.stage, "contextmenu", (event) => event.preventDefault());
    on(viewer, "pointerdown", () => this.take(), { capture: true });
    on(viewer, "focusin", () => this.take());
    // Before the page's own keys, which look for buttons of the same name.
    on(document, "keydown", (event) => this.key(event), { capture: true });
    this.take();
  }

  /* Of two viewers on a page the one used last has the keys. */
  take() { Input.last = this; }

  stop() {
    this.stopper.abort();
    if (Input.last === this) Input.last = null;
  }

  /* ---- pointers ---- */

  at(event) {
    const box = this.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return { x, y, image: this.viewer.toImage(x, y), frame: this.viewer.frame, event };
  }

  press(event) {
    if (event.target.closest("a, button")) return;
    const point = this.at(event);
    this.down.set(event.pointerId, point);
    this.stage.setPointerCapture(event.pointerId);
    if (this.down.size === 2) {
      this.tool?.onCancel?.(this.viewer);
      this.tool = null;
    }
    if (this.down.size > 1) return;
    this.viewer.stop();
    this.tool = this.toolFor(event);
    this.first = point;
    this.tool.onDown?.(point, this.viewer);
  }

  toolFor({ button, shiftKey }) {
    const { tool, tools } = this.viewer;
    if (button === 1 || shiftKey) return tools.pan;
    return button === 2 ? tools[this.viewer.isGrey ? "window" : "zoom"] : tool;
  }

  move(event) {
    const before = this.down.get(event.pointerId);
    const point = this.at(event);
    if (!before) {
      this.viewer.tool.onHover?.(point, this.viewer);
      return;
    }
    if (this.down.size === 2) this.pinch(event.pointerId, before, point);
    else this.tool?.onMove?.({ ...point, dx: point.x - before.x, dy: point.y - before.y, first: this.first }, this.viewer);
    this.down.set(event.pointerId, point);
  }

  pinch(id, before, point) {
    const other = [...this.down].find(([key]) => key !== id)[1];
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    const spread = (one) => Math.hypot(one.x - other.x, one.y - other.y);
    const { camera } = this.viewer;
    camera.shift((point.x - before.x) / 2, (point.y - before.y) / 2);
    camera.zoomTo((camera.zoom * spread(point)) / Math.max(1, spread(before)), middle);
    this.viewer.redraw();
  }

  release(event) {
    if (!this.down.delete(event.pointerId)) return;
    const isLost = event.type === "pointercancel";
    if (!this.down.size) this.tool?.[isLost ? "onCancel" : "onUp"]?.(isLost ? this.viewer : this.at(event), this.viewer);
    if (!this.down.size) this.tool = null;
  }

  wheel(event) {
    const { viewer } = this;
    if (event.ctrlKey) {
      event.preventDefault();
      viewer.zoomBy(Math.exp(-event.deltaY / 200), this.at(event));
    } else if (viewer.count > 1 && Math.abs(event.deltaY) >= Math.abs(event.deltaX)) {
      event.preventDefault();
      this.turned = (this.turned ?? 0) + event.deltaY * (event.deltaMode === 1 ? NOTCH / 3 : 1);
      const steps = Math.trunc(this.turned / NOTCH);
      if (!steps) return;
      this.turned -= steps * NOTCH;
      viewer.stop();
      viewer.go(viewer.frame + steps);
    }
  }

  /* ---- keys ---- */

  key(event) {
    const { viewer } = this;
    const { target, key } = event;
    if (Input.last !== this || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target.closest?.("input:not([type=range]), textarea, select, [contenteditable]")) return;
    const isHere = target === this.stage;
    const act = (isHere && this.here(event)) || (document.body.dataset.keys !== "off" && this.anywhere(event));
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /* Keys that hold while the picture has the focus: arrows do what the tool does. */
  here({ key, shiftKey }) {
    const { viewer } = this;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const tool = shiftKey ? viewer.tools.pan : viewer.tool;
    if (way) return () => (tool.onArrow ?? viewer.tools.scroll.onArrow)(...way, viewer);
    if (tool.onKey?.(key, viewer)) return () => {};
    const frame = { Home: 0, End: viewer.count - 1, PageUp: viewer.frame - 10, PageDown: viewer.frame + 10 }[key];
    if (frame !== undefined && viewer.count > 1) return () => { viewer.stop(); viewer.go(frame); };
    return key === "Escape" && viewer.isFull ? () => viewer.full() : null;
  }

  anywhere({ key, target }) {
    const { viewer } = this;
    if (key === " ") return viewer.count > 1 && !target.closest?.("button, a, summary") ? () => viewer.play() : null;
    const step = { "[": -1, "]": 1 }[key];
    if (step) return viewer.count > 1 ? () => { viewer.stop(); viewer.go(viewer.frame + step); } : null;
    const tool = Object.values(viewer.tools).find((one) => one.key === key);
    if (tool) return () => viewer.setTool(tool.name);
    return {
      "+": () => viewer.zoomBy(1.25), "=": () => viewer.zoomBy(1.25), "-": () => viewer.zoomBy(0.8), 0: () => viewer.fit(),
      i: () => viewer.invert(), ...(viewer.isGrey && { w: () => viewer.nextLook() }),
    }[key];
  }
}
