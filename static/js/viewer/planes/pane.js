/* One of the three planes: its picture in true proportion, the lines of the other two, letters, a scale and a slider. */

import { tableOf } from "../lut.js";
import { STEPS } from "../overlay.js";
import { fill } from "../words.js";
import { cut } from "./volume.js";

const GUTTER = 20; // for the letters
const ROOM = 12; // around the point, so that the lines do not lie on what is looked at
const NOTCH = 40; // pixels of the wheel for one slice
const COLOURS = ["#ff9e64", "#ffd866", "#6cc5d9"]; // of the plane across each axis

export class Pane {
  constructor(planes, plane) {
    Object.assign(this, { planes, plane, through: 3 - plane.across[0] - plane.down[0], turned: 0 });
    const { steps, size } = planes.volume;
    this.image = new ImageData(steps[plane.across[0]], steps[plane.down[0]]);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.sheet = new OffscreenCanvas(this.image.width, this.image.height).getContext("2d", { alpha: false });
    this.count = size[this.through];
    this.lay();
    this.listen();
  }

  lay() {
    const { label } = this.plane;
    const make = (name, more) => Object.assign(document.createElement(name), more);
    this.canvas = make("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.button = make("button", { type: "button", className: "plane-name", textContent: label });
    this.number = make("span", { className: "plane-number" });
    this.slider = make("input", { type: "range", min: 1, max: this.count });
    this.slider.setAttribute("aria-label", label);
    this.root = make("div", { className: `plane across-${this.through}` });
    this.root.append(this.canvas, this.button, this.number, this.slider);
  }

  listen() {
    const { canvas, slider, planes } = this;
    slider.addEventListener("input", () => planes.move({ [this.through]: slider.value - 1 }));
    this.button.addEventListener("click", () => planes.enlarge(this));
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && this.drag(event));
    canvas.addEventListener("click", () => this.isButton && planes.enlarge(this));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    this.root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  get isButton() { return this.planes.isNarrow && !this.isLarge; }

  enlarge(isLarge) {
    this.isLarge = isLarge;
    this.root.classList.toggle("is-large", isLarge);
    this.button.setAttribute("aria-pressed", String(isLarge));
  }

  /* ---- hands ---- */

  press(event) {
    if (this.isButton || !event.isPrimary) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.slider.focus({ preventScroll: true });
    if (event.button === 0) this.drag(event);
  }

  /* The main button or a finger moves the point, the other button the window. */
  drag(event) {
    if (event.buttons & 2) this.planes.viewer.shiftLook(event.movementX, -event.movementY);
    else this.planes.move(this.placeOf(event.offsetX, event.offsetY));
  }

  /* Which voxel is seen at a point of the canvas. */
  placeOf(x, y) {
    const { box, plane: { across, down }, planes: { volume: { size } } } = this;
    const along = ([axis, sign], part) => {
      const place = Math.min(size[axis] - 1, Math.max(0, Math.floor(part * size[axis])));
      return sign < 0 ? size[axis] - 1 - place : place;
    };
    return {
      [across[0]]: along(across, (x - box.x) / box.width),
      [down[0]]: along(down, (y - box.y) / box.height),
    };
  }

  wheel(event) {
    if (event.ctrlKey) return;
    event.preventDefault();
    this.turned += event.deltaY * (event.deltaMode === 1 ? NOTCH / 3 : 1);
    const steps = Math.trunc(this.turned / NOTCH);
    this.turned -= steps * NOTCH;
    if (steps) this.planes.move({ [this.through]: this.planes.at[this.through] + steps });
  }

  /* ---- drawing ---- */

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.ratio = Math.min(devicePixelRatio, 3);
    Object.assign(this.canvas, { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) });
    const { size, spacing } = this.planes.volume;
    const [wide, high] = [this.plane.across, this.plane.down].map(([axis]) => size[axis] * spacing[axis]);
    const scale = Math.max(0.01, Math.min((width - 2 * GUTTER) / wide, (height - 2 * GUTTER) / high));
    const [shownWide, shownHigh] = [wide * scale, high * scale];
    this.scale = scale;
    this.box = { x: (width - shownWide) / 2, y: (height - shownHigh) / 2, width: shownWide, height: shownHigh };
  }

  draw(grey) {
    const { context, box, ratio } = this;
    this.shade(grey);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    context.imageSmoothingQuality = "medium";
    context.drawImage(this.sheet.canvas, box.x, box.y, box.width, box.height);
    this.lines();
    Object.assign(context, { font: "600 13px system-ui, sans-serif", fillStyle: "#eceff1", strokeStyle: "#000", lineJoin: "round" });
    this.letters();
    this.bar();
    this.say();
  }

  /* A plane that neither moved nor changed its window is as it was. */
  shade(grey) {
    const { planes: { volume, at }, through } = this;
    if (this.shown === at[through] && this.grey === grey) return;
    Object.assign(this, { shown: at[through], grey });
    cut(volume, this.plane, at[through], this.pixels, tableOf(volume, grey));
    this.sheet.putImageData(this.image, 0, 0);
  }

  /* Where the other two planes cross this one. */
  lines() {
    const { context, box, ratio, plane: { across, down }, planes: { at, volume: { size } } } = this;
    const part = ([axis, sign]) => ((sign < 0 ? size[axis] - 1 - at[axis] : at[axis]) + 0.5) / size[axis];
    const sharp = (place) => (Math.floor(place * ratio) + 0.5) / ratio;
    const [x, y] = [sharp(box.x + part(across) * box.width), sharp(box.y + part(down) * box.height)];
    const draw = (colour, ...ends) => {
      context.beginPath();
      for (const [from, to] of ends) {
        context.moveTo(...from);
        context.lineTo(...to);
      }
      for (const [style, width] of [["rgb(0 0 0 / 60%)", 3], [colour, 1]]) {
        Object.assign(context, { strokeStyle: style, lineWidth: width });
        context.stroke();
      }
    };
    const [right, low] = [box.x + box.width, box.y + box.height];
    draw(COLOURS[across[0]], [[x, box.y], [x, Math.max(box.y, y - ROOM)]], [[x, Math.min(low, y + ROOM)], [x, low]]);
    draw(COLOURS[down[0]], [[box.x, y], [Math.max(box.x, x - ROOM), y]], [[Math.min(right, x + ROOM), y], [right, y]]);
  }

  letters() {
    const { context, canvas: { clientWidth: width, clientHeight: height } } = this;
    const places = [[width - 4, height / 2, "end"], [width / 2, height - 10, "center"], [4, height / 2, "start"], [width / 2, 10, "center"]];
    context.textBaseline = "middle";
    this.plane.sides.forEach((letter, side) => {
      const [x, y, align] = places[side];
      context.textAlign = align;
      this.text(letter, x, y);
    });
  }

  text(words, x, y) {
    this.context.lineWidth = 3;
    this.context.strokeText(words, x, y);
    this.context.fillText(words, x, y);
  }

  bar() {
    const { context, scale, canvas: { clientWidth: width, clientHeight: height } } = this;
    // Its label ends before the letter in the middle.
    const length = STEPS.find((step) => step * scale < Math.min(width / 4, width / 2 - 68)) ?? STEPS.at(-1);
    context.beginPath();
    for (const [dx, dy] of [[0, -5], [0, 0], [length * scale, 0], [length * scale, -5]]) context.lineTo(6 + dx, height - 6 + dy);
    for (const [style, line] of [["#000", 4], ["#eceff1", 1.5]]) {
      Object.assign(context, { strokeStyle: style, lineWidth: line });
      context.stroke();
    }
    Object.assign(context, { strokeStyle: "#000", textAlign: "start", textBaseline: "bottom" });
    this.text(length >= 10 ? `${length / 10} cm` : `${length} mm`, 12 + length * scale, height - 2);
  }

  say() {
    const number = this.planes.at[this.through] + 1;
    const label = `${number} / ${this.count}`;
    if (this.number.textContent === label) return;
    this.number.textContent = label;
    this.slider.value = number;
    this.slider.setAttribute("aria-valuetext", fill(this.planes.viewer.words.slice, { n: number, all: this.count }));
  }
}
