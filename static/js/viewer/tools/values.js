/* What can be measured on a frame: lengths, angles, areas and the values inside a shape. Points are {x, y} in pixels of the
 * frame, whose first pixel reaches from 0 to 1. Nothing here draws. */

import { unitOf } from "../lut.js";

const SQUARE = [1, 1];

/* The size of a pixel, [down, across] in mm, where it holds for all of these points; null where only pixels are known. */
export function spacingAt(view, points) {
  if (!view?.spacing) return null;
  const { regions } = view;
  const isIn = ([x0, y0, x1, y1]) => points.every(({ x, y }) => x >= x0 && x <= x1 + 1 && y >= y0 && y <= y1 + 1);
  return !regions || regions.some(isIn) ? view.spacing : null;
}

/* Steps from one point to another in mm, or in pixels as high and wide as they are seen. */
function step(from, to, [down, across]) {
  return [(to.x - from.x) * across, (to.y - from.y) * down];
}

export function lengthOf([from, to], view) {
  const spacing = spacingAt(view, [from, to]);
  return { value: Math.hypot(...step(from, to, spacing ?? SQUARE)), unit: spacing ? "mm" : "px" };
}

/* Degrees from 0 to 180 between the two legs that meet in the second point. */
export function angleOf([one, corner, other], view) {
  const spacing = spacingAt(view, [one, corner, other]) ?? view?.aspect ?? SQUARE;
  const [a, b] = [step(corner, one, spacing), step(corner, other, spacing)];
  const turn = Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]);
  return Math.abs(turn) * (180 / Math.PI);
}

/* The corners of a shape that was drawn from one point to another, in order. */
export function boundsOf([from, to]) {
  return {
    left: Math.min(from.x, to.x), right: Math.max(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y),
  };
}

export function areaOf(kind, points, view) {
  const { left, right, top, bottom } = boundsOf(points);
  const spacing = spacingAt(view, points);
  const [down, across] = spacing ?? SQUARE;
  const whole = (right - left) * across * (bottom - top) * down;
  return { value: kind === "ellipse" ? (whole * Math.PI) / 4 : whole, unit: spacing ? "mm²" : "px²" };
}

/* The values of the pixels whose middle lies in a rectangle or an ellipse, in the unit of the modality. The deviation is that
 * of all these pixels (divided by their number). Null where there are none, or where the frame is a colour picture. */
export function statisticsOf(kind, points, frame) {
  const { stored, columns, rows, view } = frame;
  if (!stored) return null;
  const { left, right, top, bottom } = boundsOf(points);
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const [halfX, halfY] = [(right - left) / 2, (bottom - top) / 2];
  const isIn = kind === "ellipse"
    ? (x, y) => ((x - middleX) / halfX) ** 2 + ((y - middleY) / halfY) ** 2 <= 1
    : () => true;
  const unit = unitOf(view);
  let [count, mean, spread, least, most] = [0, 0, 0, Infinity, -Infinity];
  const [firstRow, lastRow] = [Math.max(0, Math.ceil(top - 0.5)), Math.min(rows - 1, Math.floor(bottom - 0.5))];
  const [firstColumn, lastColumn] = [Math.max(0, Math.ceil(left - 0.5)), Math.min(columns - 1, Math.floor(right - 0.5))];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      if (!isIn(column + 0.5, row + 0.5)) continue;
      const value = unit(stored[row * columns + column]);
      // Welford's way, because squares of large values would lose what differs between them.
      count += 1;
      const away = value - mean;
      mean += away / count;
      spread += away * (value - mean);
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return count ? { count, mean, deviation: Math.sqrt(spread / count), least, most } : null;
}

/* The value of the pixel in which a point lies: a number, three of a colour picture, or null outside. */
export function valueAt({ x, y }, { stored, colours, columns, rows, view }) {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  const at = row * columns + column;
  return stored ? unitOf(view)(stored[at]) : Array.from(colours.slice(4 * at, 4 * at + 3));
}
