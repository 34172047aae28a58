/* Measuring: length, angle, rectangle, ellipse and single pixels. What is measured stays with its frame until the page is left;
 * a mark is what others are to see. By keys: the arrows move a cross, Enter sets a point. */

import { Measure } from "./measured.js";
import { number, told } from "./words.js";
import { valueAt } from "./values.js";

const KINDS = { length: 2, angle: 3, rectangle: 2, ellipse: 2 };
const REACH = 22; // pixels of the screen around a point that can be taken hold of
const SMALLEST = 6;

export function install(viewer) {
  return new Measuring(viewer);
}

class Measuring {
  constructor(viewer) {
    this.viewer = viewer;
    this.row = viewer.querySelector('[data-rows="measure"]');
    this.words = JSON.parse(this.row.dataset.words);
    this.output = this.row.querySelector("output");
    this.done = [];
    for (const [kind, needs] of Object.entries(KINDS)) viewer.addTool(this.toolFor(kind, needs));
    viewer.addTool(this.probe());
    viewer.addLayer({ draw: (context) => this.draw(context) });
    viewer.addEventListener("frame", () => this.drop());
    viewer.unmeasure = () => this.forget(1);
    viewer.unmeasureAll = () => this.forget(this.done.length);
    this.offer();
  }

  /* ---- tools ---- */

  toolFor(kind, needs) {
    return {
      name: kind,
      onDown: (point) => this.press(point, kind, needs),
      onMove: (point) => this.drag(point),
      onUp: (point) => this.release(point),
      onCancel: () => this.drop(),
      onLeave: () => this.drop(),
      onArrow: (dx, dy) => this.moveCross(dx, dy),
      onKey: (key) => key === "Enter" && this.set(kind, needs),
    };
  }

  probe() {
    const look = ({ image }) => {
      this.cross = image;
      this.readPixel();
    };
    return {
      name: "probe",
      onDown: look,
      onMove: look,
      onHover: look,
      onLeave: () => { this.cross = null; },
      onArrow: (dx, dy) => {
        this.moveCross(dx, dy, 1);
        this.readPixel();
      },
    };
  }

  /* ---- by hand ---- */

  press(point, kind, needs) {
    this.first = point;
    const held = this.current ? null : this.handleAt(point);
    if (held) this.held = { ...held, was: { ...held.measure.points[held.index] } };
    else if (this.current) this.current.points[this.current.points.length - 1] = { ...point.image };
    else this.begin(point.image, kind, needs);
    this.viewer.redraw();
  }

  begin(image, kind, needs) {
    this.current = new Measure({ kind, needs, frame: this.viewer.frame, points: [{ ...image }, { ...image }] });
  }

  drag({ image }) {
    const measure = this.held?.measure ?? this.current;
    if (!measure) return;
    measure.points[this.held?.index ?? measure.points.length - 1] = { ...image };
    this.tell(measure);
  }

  release(point) {
    const isSlip = Math.hypot(point.x - this.first.x, point.y - this.first.y) < SMALLEST;
    if (this.held) {
      this.tell(this.held.measure);
      this.held = null;
    } else if (this.current?.points.length === 2 && isSlip) this.drop();
    else this.next();
  }

  /* An angle has another leg; everything else is complete with its second point. */
  next() {
    const { current } = this;
    if (!current) return;
    if (current.points.length < current.needs) current.points.push({ ...current.points.at(-1) });
    else {
      this.done.push(current);
      this.current = null;
      this.offer();
    }
    this.tell(current);
  }

  handleAt({ x, y }) {
    let [best, nearest] = [null, REACH];
    for (const measure of this.here()) {
      measure.points.forEach((place, index) => {
        const seen = this.viewer.toScreen(place.x, place.y);
        const away = Math.hypot(seen.x - x, seen.y - y);
        if (away < nearest) [best, nearest] = [{ measure, index }, away];
      });
    }
    return best;
  }

  /* ---- by keys ---- */

  moveCross(dx, dy, pixels) {
    const { columns, rows } = this.viewer.entry ?? {};
    if (!columns) return;
    const far = pixels ?? Math.max(1, Math.round(4 / this.viewer.camera.scale));
    const { x, y } = this.cross ?? { x: columns / 2, y: rows / 2 };
    const hold = (value, most) => Math.min(most - 0.5, Math.max(0.5, value));
    this.cross = { x: hold(x + dx * far, columns), y: hold(y + dy * far, rows) };
    if (this.current) this.current.points[this.current.points.length - 1] = { ...this.cross };
    if (this.current) this.tell(this.current);
    this.viewer.redraw();
  }

  set(kind, needs) {
    if (!this.cross) this.moveCross(0, 0);
    if (this.current) this.next();
    else this.begin(this.cross, kind, needs);
    this.viewer.redraw();
    return true;
  }

  /* ---- what is known ---- */

  here() { return this.done.filter(({ frame }) => frame === this.viewer.frame); }

  async tell(measure) {
    this.viewer.redraw();
    const frame = await this.viewer.valuesOf(measure.frame);
    measure.lines = told(measure, frame, this.words);
    this.say(measure.lines.length ? `${this.words[measure.kind]}: ${measure.lines.join(", ")}` : "");
    this.viewer.redraw();
  }

  async readPixel() {
    const at = this.cross;
    const frame = await this.viewer.valuesOf(this.viewer.frame);
    if (at !== this.cross) return;
    const value = valueAt(at, frame);
    const shown = Array.isArray(value) ? value.join(" ") : value === null ? "" : `${number(value)} ${frame.view?.unit ?? ""}`;
    this.pixel = value === null ? "" : `${Math.floor(at.x)}, ${Math.floor(at.y)}: ${shown}`.trim();
    this.say(this.pixel);
    this.viewer.redraw();
  }

  say(words) {
    if (this.output.textContent !== words) this.output.textContent = words;
  }

  drop() {
    this.current = this.held = null;
    this.viewer.redraw();
  }

  forget(count) {
    this.done.splice(this.done.length - count, count);
    this.say("");
    this.drop();
    this.offer();
  }

  offer() {
    for (const name of ["unmeasure", "unmeasureAll"]) {
      this.row.querySelector(`[data-act="${name}"]`).disabled = !this.done.length;
    }
  }

  /* ---- drawing ---- */

  draw(context) {
    const { viewer } = this;
    for (const measure of [...this.here(), this.current]) measure?.draw(context, viewer);
    const isProbe = viewer.tool.name === "probe";
    if (!this.cross || !(isProbe || viewer.tool.name in KINDS)) return;
    const { x, y } = viewer.toScreen(this.cross.x, this.cross.y);
    Measure.cross(context, x, y, isProbe ? this.pixel : "");
  }
}
