/* Undoes what `imaging.frames.encode_frame` did, but for brotli, which the browser undoes itself: planes of bytes, each
 * value the difference to its left neighbour. */

const KINDS = {
  i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array, f4: Float32Array,
};

/* Types that can be decoded here; frames of any other are shown as pictures. */
export const canDecode = (dtype) => dtype?.slice(-2) in KINDS;

/* Give the stored values of one frame, row by row. */
export function decode(bytes, { dtype, columns, rows, samples = 1 }) {
  const kind = dtype.slice(-2);
  const size = Number(kind[1]);
  const count = columns * rows * samples;
  if (bytes.length !== count * size) throw new RangeError("not a frame of this shape");
  const words = new (size === 1 ? Uint8Array : size === 2 ? Uint16Array : Uint32Array)(count);
  const width = columns * samples;
  if (size === 2 && samples === 1) pairs(words, bytes, width);
  else {
    for (let at = 0; at < count; at += 1) {
      let word = 0;
      for (let plane = 0; plane < size; plane += 1) word |= bytes[plane * count + at] << (8 * plane);
      words[at] = at % width < samples ? word : word + words[at - samples];
    }
  }
  return new KINDS[kind](words.buffer);
}

/* Nearly every frame of a series is of this kind, and scrolling waits for it. */
function pairs(words, bytes, width) {
  const high = bytes.subarray(words.length);
  for (let at = 0; at < words.length;) {
    let sum = 0;
    for (const end = at + width; at < end; at += 1) {
      sum = (sum + bytes[at] + (high[at] << 8)) & 0xffff;
      words[at] = sum;
    }
  }
}
