/* What one's own chosen mark is made larger by: a handle on each end or corner, for a finger, a pointer and the keys. */

import { make } from "./layer.js";

/* Of which point a handle moves x, and of which y; the corners of a box lie between its two points. */
const ENDS = [[0, 0], [1, 1]];
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];
const HANDLES = { arrow: ENDS, length: ENDS, box: CORNERS, ellipse: CORNERS };
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Handles {
  constructor(marks) {
    this.marks = marks;
    this.group = make("g", { class: "mark-handles" });
    this.shown = [];
  }

  /* Elements are kept while the same mark is chosen, so that the focus stays on them. */
  draw() {
    const { marks } = this;
    const { chosen, canDraw, seen } = marks;
    const mark = chosen?.isOwn && canDraw && seen.includes(chosen) ? chosen : null;
    const parts = HANDLES[mark?.kind] ?? [];
    if (mark?.id !== this.of || parts.length !== this.shown.length) this.lay(mark, parts);
    this.shown.forEach((element, place) => {
      const { x, y } = marks.viewer.toScreen(...spot(mark.points, parts[place]));
      element.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    });
  }

  lay(mark, parts) {
    this.of = mark?.id;
    this.group.replaceChildren();
    this.shown = parts.map((part, place) => {
      const names = { number: place + 1, count: parts.length, letter: mark.letter };
      const label = this.marks.words.handle.replace(/\{(\w+)\}/g, (_, name) => names[name]);
      const element = make("g", { class: "mark-handle", tabindex: "0", role: "button", "aria-label": label });
      element.append(make("circle", { class: "mark-handle-reach" }), make("circle", { class: "mark-handle-dot" }));
      element.addEventListener("pointerdown", (event) => !event.button && event.isPrimary && this.take(event));
      element.addEventListener("keydown", (event) => this.key(part, event));
      return element;
    });
    this.group.append(...this.shown);
    // Above all shapes, also those that are drawn later.
    this.marks.layer.svg.append(this.group);
  }

  /* Of handles that lie over each other the nearest is meant. */
  take(event) {
    const { marks } = this;
    const { chosen, viewer } = marks;
    event.stopPropagation();
    const start = marks.at(event);
    const far = (part) => {
      const [x, y] = spot(chosen.points, part);
      return Math.hypot(start.x - x, start.y - y);
    };
    const part = [...HANDLES[chosen.kind]].sort((one, other) => far(one) - far(other))[0];
    const [left, top] = spot(chosen.points, part);
    const before = chosen.points;
    marks.layer.svg.setPointerCapture(event.pointerId);
    const follow = new AbortController();
    const on = (name, act) => viewer.stage.addEventListener(name, act, { signal: follow.signal });
    const put = (points) => {
      chosen.points = points;
      marks.draw();
    };
    on("pointermove", (moved) => {
      const { x, y } = marks.at(moved);
      put(this.moved(before, part, left + x - start.x, top + y - start.y));
    });
    on("pointerup", () => {
      follow.abort();
      if (chosen.points !== before) marks.save(chosen);
    });
    on("pointercancel", () => {
      follow.abort();
      put(before);
    });
  }

  key(part, event) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { chosen } = this.marks;
    const [x, y] = spot(chosen.points, part);
    const step = event.shiftKey ? 10 : 1;
    chosen.points = this.moved(chosen.points, part, x + step * way[0], y + step * way[1]);
    this.marks.draw();
    this.marks.saveSoon(chosen);
  }

  moved(points, [across, down], x, y) {
    const { columns, rows } = this.marks.viewer.entry;
    const changed = points.map((point) => [...point]);
    changed[across][0] = Math.min(columns, Math.max(0, x));
    changed[down][1] = Math.min(rows, Math.max(0, y));
    return changed;
  }
}

const spot = (points, [across, down]) => [points[across][0], points[down][1]];
