/* The values of all slices in one array, and cuts through it. Axis 0 runs along a row, 1 down a column, 2 from slice to slice. */

import { rangeOf } from "../lut.js";

const AT_ONCE = 4;
const FINEST = 2048; // pixels of a cut from the first slice to the last

/* Give {stored, view, range, size, spacing, steps}: what the frames hold that are here, and those that still have to come. */
export async function gather(viewer, tell, signal) {
  const { frames, series, count } = viewer;
  const { bytes } = series.view.volume;
  const shown = await frames.load(viewer.frame);
  signal.throwIfAborted();
  const volume = empty(shown, series);
  const here = [...frames.kept.values()];
  for (const entry of here) put(volume, entry);
  frames.lend(bytes);
  signal.addEventListener("abort", () => frames.lend(-bytes));
  const known = new Set(here.map(({ frame }) => frame));
  const missing = Array.from({ length: count }, (_, frame) => frame).filter((frame) => !known.has(frame));
  const take = async () => {
    while (missing.length && !signal.aborted) {
      const frame = missing.shift();
      put(volume, await frames.load(frame));
      if (signal.aborted) return;
      known.add(frame);
      tell(known.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return volume;
}

function empty({ stored, columns, rows, view }, { count, view: { volume, views } }) {
  const { spacing } = view;
  const slope = Math.max(...views.map((one) => one.slope));
  const depth = Math.round((count * volume.gap) / Math.min(...spacing));
  return {
    stored: new stored.constructor(columns * rows * count),
    // Of slices with scales of their own the coarsest is that of all, so that every value still has room.
    view: view.slope === slope ? view : { ...view, slope },
    range: rangeOf(stored),
    size: [columns, rows, count],
    spacing: [spacing[1], spacing[0], volume.gap],
    steps: [columns, rows, Math.min(FINEST, Math.max(count, depth))],
  };
}

function put(volume, { frame, stored, view }) {
  const { range } = volume;
  const part = view.slope / volume.view.slope;
  const values = part === 1 ? stored : stored.map((value) => Math.round(value * part));
  const [low, high] = rangeOf(values);
  volume.range = [Math.min(range[0], low), Math.max(range[1], high)];
  volume.stored.set(values, frame * values.length);
}

/* Write one plane as RGBA into `pixels`, as many as `steps` along its two axes, at one place of the third. */
export function cut(volume, { across, down }, at, pixels, table) {
  const { stored, size } = volume;
  const slab = size[0] * size[1];
  if (across[0] + down[0] === 1) paint(pixels, stored.subarray(at * slab, (at + 1) * slab), table);
  else cutAcross(volume, { across, down }, at, pixels, table);
}

function paint(pixels, slice, table) {
  const mask = table.length - 1;
  for (let index = 0; index < slice.length; index += 1) pixels[index] = table[slice[index] & mask];
}

/* Between two slices a value is on the straight line between theirs; beyond the middle of an outer one it is that one's. */
function cutAcross({ stored, size, steps }, { across, down }, at, pixels, table) {
  const [columns, rows, count] = size;
  const slab = columns * rows;
  const width = steps[across[0]];
  const isUpright = down[0] === 2; // slices follow one another down the plane
  const [way, turn] = isUpright ? [across, down[1]] : [down, across[1]];
  const length = size[way[0]];
  const stride = way[0] === 0 ? 1 : columns;
  const base = at * (way[0] === 0 ? columns : 1);
  const [step, leap] = isUpright ? [way[1], width] : [way[1] * width, 1];
  const start = way[1] < 0 ? -step * (length - 1) : 0;
  const mask = table.length - 1;
  for (let line = 0; line < steps[2]; line += 1) {
    const depth = Math.min(count - 1, Math.max(0, ((line + 0.5) * count) / steps[2] - 0.5));
    const lower = Math.min(count - 2, Math.floor(depth));
    const part = depth - lower;
    let one = lower * slab + base;
    let to = start + (turn < 0 ? steps[2] - 1 - line : line) * leap;
    for (let index = 0; index < length; index += 1, one += stride, to += step) {
      const value = stored[one];
      // Half of the odd ones rounds up, and so does a negative one: the sum is above nought when it is cut off.
      pixels[to] = table[((value + (stored[one + slab] - value) * part + 65536.5) | 0) & mask];
    }
  }
}
