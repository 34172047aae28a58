/* Rectangles in pixels of the native frame. What `grow` gives is what the server paints: pinboard/deid/rectangles.py, line by line. */

const MARGIN = 6;
const SHARE = 0.15;
const SNAP = 16;
export const ENOUGH = 0.8; // of a suggestion, so that nobody need accept it any more

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export function span(a, b, limit) {
  const low = Math.min(a, b, limit - 1);
  return [low, Math.max(a, b, low + 1)];
}

export function grow(box, rows, columns) {
  let [x0, x1] = box.x0 < box.x1 ? [box.x0, box.x1] : [box.x1, box.x0];
  let [y0, y1] = box.y0 < box.y1 ? [box.y0, box.y1] : [box.y1, box.y0];
  if (x1 <= 0 || y1 <= 0 || x0 >= columns || y0 >= rows || x0 === x1 || y0 === y1) return null;
  const margin = Math.max(MARGIN, Math.ceil(SHARE * Math.min(x1 - x0, y1 - y0)));
  [x0, y0, x1, y1] = [x0 - margin, y0 - margin, x1 + margin, y1 + margin];
  const extra = (SNAP - ((x1 - x0) % SNAP)) % SNAP;
  const before = Math.floor(extra / 2);
  [x0, x1] = [x0 - before, x1 + extra - before];
  return { x0: Math.max(x0, 0), y0: Math.max(y0, 0), x1: Math.min(x1, columns), y1: Math.min(y1, rows) };
}

/* Of a rectangle, the share that lies under the others; places where several lie count once. */
export function covered(one, boxes) {
  const over = boxes.filter((box) => box.x0 < one.x1 && box.x1 > one.x0 && box.y0 < one.y1 && box.y1 > one.y0);
  const xs = edges(over.flatMap((box) => [box.x0, box.x1]), one.x0, one.x1);
  const ys = edges(over.flatMap((box) => [box.y0, box.y1]), one.y0, one.y1);
  let area = 0;
  for (let i = 1; i < xs.length; i += 1) {
    for (let j = 1; j < ys.length; j += 1) {
      const isUnder = over.some((box) => box.x0 <= xs[i - 1] && box.x1 >= xs[i] && box.y0 <= ys[j - 1] && box.y1 >= ys[j]);
      if (isUnder) area += (xs[i] - xs[i - 1]) * (ys[j] - ys[j - 1]);
    }
  }
  return area / ((one.x1 - one.x0) * (one.y1 - one.y0));
}

function edges(values, low, high) {
  return [...new Set([low, high, ...values.map((value) => clamp(value, low, high))])].sort((a, b) => a - b);
}
