/* Mouse, pen and fingers: one draws, moves, resizes, accepts or pans; two pinch and give up what the first began. */

import { readBoxes } from "./areas.js";
import { span } from "./geometry.js";

const STILL = 4; // css pixels that a finger trembles

export class Pointers {
  constructor({ overlay, view, areas, tool, choose, touch, done, chosen }) {
    Object.assign(this, { overlay, view, areas, tool, choose, touch, done, chosen });
    this.down = new Map();
    const { svg } = overlay;
    svg.addEventListener("pointerdown", (event) => this.#begin(event));
    svg.addEventListener("pointermove", (event) => this.#go(event));
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => this.#end(event));
  }

  #begin(event) {
    if (event.button > 1) return;
    this.down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.overlay.svg.setPointerCapture(event.pointerId);
    if (this.down.size === 2) {
      if (this.drag?.before) this.areas.boxes = readBoxes(this.drag.before);
      this.drag = null;
      this.choose(null);
      this.#pinch();
      return;
    }
    this.drag = this.#dragOf(event);
    event.preventDefault();
  }

  #dragOf(event) {
    const at = this.view.native(event);
    const before = this.areas.text;
    const corner = event.target.dataset?.corner;
    const index = event.target.closest?.(".redactor-box")?.dataset.index;
    const hint = event.target.closest?.(".redactor-hint")?.dataset.hint;
    if (this.tool() === "pan" || event.button === 1) return { way: "pan" };
    if (index !== undefined) this.choose(Number(index));
    if (corner) return { way: "corner", corner: corner.split(" "), before };
    if (index !== undefined) return { way: "move", last: at, before };
    return { way: "draw", start: at, before, hint };
  }

  #go(event) {
    const pointer = this.down.get(event.pointerId);
    if (!pointer) return;
    const moved = { x: event.clientX - pointer.x, y: event.clientY - pointer.y };
    this.down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.down.size === 2) this.#pinch();
    else if (this.drag) this.#dragTo(this.view.native(event), moved);
  }

  #dragTo(at, moved) {
    const { drag } = this;
    if (drag.way === "pan") this.view.pan(-moved.x, -moved.y);
    if (drag.way === "draw") this.#drawTo(drag, at);
    if (drag.way === "corner") this.areas.toCorner(this.chosen(), drag.corner, at);
    if (drag.way === "move") {
      this.areas.move(this.chosen(), at.x - drag.last.x, at.y - drag.last.y);
      drag.last = at;
    }
    if (drag.way !== "pan") this.touch();
  }

  #drawTo(drag, at) {
    const far = Math.max(Math.abs(at.x - drag.start.x), Math.abs(at.y - drag.start.y)) * this.overlay.scale > STILL;
    if (drag.index === undefined && !far) return;
    if (drag.index === undefined) {
      this.areas.boxes.push(this.areas.box(0, 0, 1, 1, this.view.frame));
      drag.index = this.areas.newest;
      this.choose(drag.index);
    }
    const box = this.areas.boxes[drag.index];
    [box.x0, box.x1] = span(drag.start.x, at.x, this.areas.columns);
    [box.y0, box.y1] = span(drag.start.y, at.y, this.areas.rows);
  }

  #end(event) {
    if (!this.down.delete(event.pointerId)) return;
    this.pinched = null;
    const { drag } = this;
    this.drag = null;
    if (drag?.before) this.done(drag);
  }

  #pinch() {
    const [a, b] = [...this.down.values()];
    const now = { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    if (this.pinched) {
      this.view.pan(this.pinched.x - now.x, this.pinched.y - now.y);
      this.view.setZoom((this.view.zoom * now.distance) / this.pinched.distance, now);
    }
    this.pinched = now;
  }
}
