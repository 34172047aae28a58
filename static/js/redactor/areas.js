/* The areas of one image and what may be done with them; every change can be taken back, accepting all of them too. */

import { clamp, covered, ENOUGH, grow } from "./geometry.js";

export function readBoxes(text) {
  return JSON.parse(text).map(([frame, x0, y0, x1, y1, fill]) => ({ frame, x0, y0, x1, y1, fill: fill ?? "block" }));
}

export function asList(box) {
  const corners = [box.frame, box.x0, box.y0, box.x1, box.y1];
  return box.fill === "blur" ? [...corners, "blur"] : corners;
}

export class Areas {
  constructor({ rows, columns, frames, boxes, hints, changed }) {
    Object.assign(this, { rows, columns, frames, hints, changed });
    this.boxes = readBoxes(boxes);
    this.seen = new Set();
    this.see();
    this.past = [];
    this.fill = "block";
    this.isEverywhere = true;
  }

  get text() {
    return JSON.stringify(this.boxes.map(asList));
  }

  get newest() {
    return this.boxes.length - 1;
  }

  grown(box) {
    return grow(box, this.rows, this.columns);
  }

  /* On every frame, unless one frame alone was asked for. */
  box(x0, y0, x1, y1, frame) {
    return { frame: this.frames === 1 || this.isEverywhere ? null : frame, x0, y0, x1, y1, fill: this.fill };
  }

  change(edit) {
    const before = this.text;
    edit();
    this.settle(before);
  }

  /* Ends a change that was made step by step, as a drag is. */
  settle(before) {
    if (before === this.text) return false;
    this.past.push(before);
    this.changed();
    return true;
  }

  undo() {
    if (this.past.length === 0) return false;
    this.boxes = readBoxes(this.past.pop());
    this.changed();
    return true;
  }

  add(box) {
    this.change(() => this.boxes.push(box));
  }

  /* Not exactly where another one lies: nobody could tell the two apart. */
  addInTheMiddle(frame) {
    const [w, h] = [Math.max(2, Math.round(this.columns / 4)), Math.max(2, Math.round(this.rows / 10))];
    const x = Math.round((this.columns - w) / 2);
    let y = Math.round((this.rows - h) / 2);
    while (this.boxes.some((box) => box.x0 === x && box.y0 === y) && y + h < this.rows) y += Math.min(h, this.rows - h - y);
    this.add(this.box(x, y, Math.min(x + w, this.columns), Math.min(y + h, this.rows), frame));
  }

  remove(index) {
    this.change(() => this.boxes.splice(index, 1));
  }

  move(index, dx, dy) {
    const box = this.boxes[index];
    const [x, y] = [clamp(dx, -box.x0, this.columns - box.x1), clamp(dy, -box.y0, this.rows - box.y1)];
    Object.assign(box, { x0: box.x0 + x, x1: box.x1 + x, y0: box.y0 + y, y1: box.y1 + y });
  }

  resize(index, dx, dy) {
    const box = this.boxes[index];
    box.x1 = clamp(box.x1 + dx, box.x0 + 1, this.columns);
    box.y1 = clamp(box.y1 + dy, box.y0 + 1, this.rows);
  }

  toCorner(index, [x, y], at) {
    const box = this.boxes[index];
    box[x] = x === "x0" ? clamp(at.x, 0, box.x1 - 1) : clamp(at.x, box.x0 + 1, this.columns);
    box[y] = y === "y0" ? clamp(at.y, 0, box.y1 - 1) : clamp(at.y, box.y0 + 1, this.rows);
  }

  /* Suggestions */

  isOpen(hint) {
    const here = this.boxes.filter((box) => box.frame === null || this.frames === 1 || box.frame === hint.frame);
    return covered(hint, here) < ENOUGH;
  }

  get open() {
    return this.hints.filter((hint) => !hint.weak && this.isOpen(hint));
  }

  hint(id) {
    return this.hints.find((hint) => hint.id === id);
  }

  /* The suggestion of which an area was made and still is the very same. */
  hintOf(box) {
    return this.hints.find((hint) => sameCorners(hint, box));
  }

  /* Accepts what is open; takes back what was accepted and not touched since. Gives what became of it. */
  toggle(hint) {
    if (this.isOpen(hint)) {
      this.add(ofHint(hint));
      return "accepted";
    }
    const kept = this.boxes.filter((box) => !sameCorners(hint, box));
    if (kept.length === this.boxes.length) return "covered";
    this.change(() => (this.boxes = kept));
    return "taken";
  }

  acceptAll() {
    const open = this.open;
    if (open.length > 0) this.change(() => this.boxes.push(...open.map(ofHint)));
    return open.length;
  }

  /* What is sent comes back with the answer, which may be late: an area that was moved or deleted since is no news. */
  see() {
    for (const box of this.boxes) this.seen.add(JSON.stringify(asList(box)));
  }

  /* What the server holds now; what is not sent yet stays beside it. */
  adopt(told, isSent) {
    const before = this.text;
    this.see();
    const news = readBoxes(told);
    const fresh = news.filter((box) => !this.seen.has(JSON.stringify(asList(box))));
    if (isSent) this.boxes = news;
    else this.boxes.push(...fresh);
    for (const box of fresh) this.seen.add(JSON.stringify(asList(box)));
    if (before !== this.text) this.past.push(before);
    return before !== this.text;
  }
}

function ofHint({ frame, x0, y0, x1, y1, fill }) {
  return { frame, x0, y0, x1, y1, fill: fill ?? "block" };
}

function sameCorners(a, b) {
  return a.frame === b.frame && a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1;
}
