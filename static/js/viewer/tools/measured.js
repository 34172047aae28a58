/* One thing that was measured, and how it is drawn: a dark line under a light one can be seen on any picture. */

import { boundsOf } from "./values.js";

const LIGHT = "#ffd866";
const DARK = "rgb(0 0 0 / 80%)";

export class Measure {
  constructor({ kind, needs, frame, points }) {
    Object.assign(this, { kind, needs, frame, points, lines: [] });
  }

  draw(context, viewer) {
    const seen = this.points.map(({ x, y }) => viewer.toScreen(x, y));
    const path = this.path(viewer, seen);
    for (const [style, width] of [[DARK, 4], [LIGHT, 1.75]]) Object.assign(context, { strokeStyle: style, lineWidth: width }).stroke(path);
    for (const { x, y } of seen) {
      const knob = new Path2D();
      knob.arc(x, y, 4, 0, 2 * Math.PI);
      Object.assign(context, { strokeStyle: LIGHT, fillStyle: DARK, lineWidth: 1.5 });
      context.fill(knob);
      context.stroke(knob);
    }
    this.label(context, seen, viewer.camera.size);
  }

  path(viewer, seen) {
    const path = new Path2D();
    if (this.kind === "rectangle" || this.kind === "ellipse") {
      const { left, right, top, bottom } = boundsOf(this.points);
      const whole = new Path2D();
      if (this.kind === "rectangle") whole.rect(left, top, right - left, bottom - top);
      else whole.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, 0, 0, 2 * Math.PI);
      path.addPath(whole, viewer.camera.matrix);
    } else for (const { x, y } of seen) path.lineTo(x, y);
    return path;
  }

  /* Under the lowest point, and within the stage. */
  label(context, seen, { width, height }) {
    const last = seen.reduce((lowest, one) => (one.y > lowest.y ? one : lowest));
    const widest = Math.max(0, ...this.lines.map((line) => context.measureText(line).width));
    const x = Math.min(last.x + 10, width - widest - 6);
    Measure.words(context, this.lines, Math.max(6, x), Math.min(last.y + 8, height - 18 * this.lines.length - 4));
  }

  static words(context, lines, x, y) {
    Object.assign(context, { textAlign: "start", textBaseline: "top", strokeStyle: "#000", lineWidth: 3, fillStyle: LIGHT });
    lines.forEach((line, index) => {
      context.strokeText(line, x, y + 18 * index);
      context.fillText(line, x, y + 18 * index);
    });
  }

  static cross(context, x, y, words) {
    const path = new Path2D(`M${x - 10} ${y}h7m6 0h7M${x} ${y - 10}v7m0 6v7`);
    for (const [style, width] of [[DARK, 4], [LIGHT, 1.5]]) Object.assign(context, { strokeStyle: style, lineWidth: width }).stroke(path);
    Measure.words(context, words ? [words] : [], x + 12, y + 8);
  }
}
