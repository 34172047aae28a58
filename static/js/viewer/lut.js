/* From stored values to grey: modality, window or VOI LUT, MONOCHROME1, padding; the same sums as `imaging.window`. */

const clip = (value) => Math.min(1, Math.max(0, value));

const FUNCTIONS = {
  LINEAR(center, width) {
    const span = Math.max(width, 1) - 1;
    const middle = center - 0.5;
    if (!span) return (value) => (value > middle ? 1 : 0);
    return (value) => clip((value - middle) / span + 0.5);
  },
  LINEAR_EXACT: (center, width) => (value) => clip((value - center) / Math.max(width, 1e-12) + 0.5),
  SIGMOID: (center, width) => (value) => 1 / (1 + Math.exp((-4 * (value - center)) / Math.max(width, 1e-12))),
};

const lookup = ({ first, data }) => (value) => data[Math.min(data.length - 1, Math.max(0, Math.trunc(value - first)))];

/* Give the function from a stored value to the modality's unit, HU for instance. */
export function unitOf(view) {
  if (view.modality_lut) return lookup(view.modality_lut);
  const { slope = 1, intercept = 0 } = view;
  return (stored) => stored * slope + intercept;
}

/* Give the function from a stored value to 0..255. `look` is {center, width, function} or {lut}, and isInverted. */
export function shade(view, look, isInverted = false) {
  const unit = unitOf(view);
  const { lut } = look;
  const top = lut && Math.max(2 ** lut.bits - 1, 1);
  const found = lut && lookup(lut);
  const voi = lut ? (value) => found(value) / top : (FUNCTIONS[look.function] ?? FUNCTIONS.LINEAR)(look.center, look.width);
  const isTurned = (view.photometric === "MONOCHROME1") !== isInverted;
  const [low, high] = padding(view);
  return (stored) => {
    if (stored >= low && stored <= high) return 0;
    const shown = voi(unit(stored));
    return Math.trunc((isTurned ? 1 - shown : shown) * 255 + 0.5) || 0;
  };
}

/* What lies outside the picture is black and is not counted. */
function padding({ padding: value }) {
  if (value === null || value === undefined) return [NaN, NaN];
  return Array.isArray(value) ? [Math.min(...value), Math.max(...value)] : [value, value];
}

const colour = (grey) => (0xff000000 | (grey * 0x010101)) >>> 0;

/* Write one frame as RGBA into `pixels`, a Uint32Array; whole numbers of up to 16 bits go through a table. */
export function paint(pixels, entry, grey) {
  const { stored } = entry;
  if (stored.BYTES_PER_ELEMENT > 2) {
    for (let at = 0; at < stored.length; at += 1) pixels[at] = colour(grey(stored[at]));
    return;
  }
  const table = tableOf(entry, grey);
  const index = new (table.length === 256 ? Uint8Array : Uint16Array)(stored.buffer);
  for (let at = 0; at < index.length; at += 1) pixels[at] = table[index[at]];
}

let last = {};

/* Give the table of a look, ordered by the bit pattern, so that indexing needs no sum. It is filled for the values that
 * were met so far only: they are few, and a hand that drags the window waits for it. */
export function tableOf(entry, grey) {
  const { stored } = entry;
  const size = 256 ** stored.BYTES_PER_ELEMENT;
  if (last.grey !== grey || last.table.length !== size) last = { grey, table: new Uint32Array(size), from: 0, to: -1 };
  entry.range ??= rangeOf(stored);
  const [low, high] = entry.range;
  const isFirst = last.to < last.from;
  const [from, to] = isFirst ? [low, high] : [Math.min(low, last.from), Math.max(high, last.to)];
  for (let value = from; value <= to; value += 1) {
    if (isFirst || value < last.from || value > last.to) last.table[value & (size - 1)] = colour(grey(value));
  }
  return Object.assign(last, { from, to }).table;
}

export function rangeOf(stored) {
  let [low, high] = [stored[0], stored[0]];
  for (let at = 1; at < stored.length; at += 1) {
    const value = stored[at];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/* Choose a window from the values of one frame: all but the darkest and the brightest half per cent. */
export function automatic(view, stored) {
  const [low, high] = padding(view);
  const step = Math.max(1, Math.floor(stored.length / 65536));
  const values = [];
  for (let at = 0; at < stored.length; at += step) {
    const value = stored[at];
    if (Number.isFinite(value) && !(value >= low && value <= high)) values.push(value);
  }
  if (!values.length) return { center: 0.5, width: 1, function: "LINEAR" };
  const sorted = Float64Array.from(values).sort();
  const unit = unitOf(view);
  const ends = [0.005, 0.995].map((part) => unit(sorted[Math.round(part * (sorted.length - 1))]));
  const width = Math.abs(ends[1] - ends[0]) || 1;
  return { center: (ends[0] + ends[1]) / 2 + 0.5, width: width + 1, function: "LINEAR" };
}
