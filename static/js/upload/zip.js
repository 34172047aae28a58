/* Reads an archive where it lies: the list at its end, then one entry at a time. Nothing is unpacked as a whole. */

import { crc32 } from "./crc.js";
import { Untaken } from "./untaken.js";

const [LOCAL, CENTRAL, END, END64, END64_LOCATOR] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const [STORED, DEFLATED] = [0, 8];
const LOCKED = 1;
const LONGEST_COMMENT = 65535;
const LARGEST_LIST = 64 * 1024 * 1024;
const MOST_ENTRIES = 20_000;
// Deflate makes no more than this of a byte; an entry that promises more lies.
const MOST_RATIO = 1032;
const [ALL, ALL16] = [0xffffffff, 0xffff];

export function isZip(head) {
  const mark = head.length < 4 ? 0 : view(head).getUint32(0, true);
  return mark === LOCAL || mark === END;
}

/** Gives the entries of an archive in the order in which they lie on the disk; folders are left out. */
export async function entriesOf(file) {
  const end = await findEnd(file);
  if (end.size > LARGEST_LIST || end.at + end.size > file.size) throw new Untaken("damaged");
  const list = await bytes(file.slice(end.at, end.at + end.size));
  if (end.size > 0 && (end.size < 4 || view(list).getUint32(0, true) !== CENTRAL)) throw new Untaken("damaged");
  return [...read(list, file, end.shift)].sort((one, other) => one.at - other.at);
}

async function findEnd(file) {
  const from = Math.max(0, file.size - LONGEST_COMMENT - 22);
  const tail = await bytes(file.slice(from));
  const data = view(tail);
  let at = tail.length - 22;
  while (at >= 0 && !(data.getUint32(at, true) === END && at + 22 + data.getUint16(at + 20, true) <= tail.length)) at -= 1;
  if (at < 0) throw new Untaken("damaged");
  const place = from + at;
  const end = { size: data.getUint32(at + 12, true), at: data.getUint32(at + 16, true), parts: data.getUint16(at + 4, true) };
  const isLarge = end.size === ALL || end.at === ALL || data.getUint16(at + 10, true) === ALL16;
  const far = isLarge ? await findEnd64(file, place) : null;
  if (!far && end.parts !== 0) throw new Untaken("damaged");
  return settled(far ?? { ...end, place });
}

/* An archive that opens itself has a program in front, and its places are counted from behind that. */
function settled({ size, at, place }) {
  const shift = place - size - at;
  if (shift < 0) throw new Untaken("damaged");
  return { size, at: at + shift, shift };
}

async function findEnd64(file, place) {
  const locator = view(await bytes(file.slice(Math.max(0, place - 20), place)));
  if (locator.byteLength < 20 || locator.getUint32(0, true) !== END64_LOCATOR) return null;
  const where = number64(locator, 8);
  const end = view(await bytes(file.slice(where, where + 56)));
  if (end.byteLength < 56 || end.getUint32(0, true) !== END64) throw new Untaken("damaged");
  return { size: number64(end, 40), at: number64(end, 48), place: where };
}

function* read(list, file, shift) {
  const data = view(list);
  let [at, count] = [0, 0];
  while (count < MOST_ENTRIES && at + 46 <= list.length && data.getUint32(at, true) === CENTRAL) {
    const [named, extra, noted] = [28, 30, 32].map((offset) => data.getUint16(at + offset, true));
    const next = at + 46 + named + extra + noted;
    if (next > list.length) throw new Untaken("damaged");
    const name = list.subarray(at + 46, at + 46 + named);
    // Only on this device: to tell a program from an image, and never part of anything that is sent.
    const path = new TextDecoder().decode(name).replaceAll("\\", "/");
    const extras = view(list.subarray(at + 46 + named, at + 46 + named + extra));
    count += 1;
    if (!path.endsWith("/")) yield new Entry(file, path, { ...fields(data, at, extras), shift });
    at = next;
  }
}

function fields(data, at, extras) {
  const found = {
    flags: data.getUint16(at + 8, true),
    method: data.getUint16(at + 10, true),
    crc: data.getUint32(at + 16, true),
    packed: data.getUint32(at + 20, true),
    size: data.getUint32(at + 24, true),
    at: data.getUint32(at + 42, true),
  };
  // What does not fit into 32 bits stands behind, in this order, and only what does not fit.
  let place = extra64(extras);
  for (const name of ["size", "packed", "at"]) {
    if (found[name] !== ALL || place === null || place + 8 > extras.byteLength) continue;
    found[name] = number64(extras, place);
    place += 8;
  }
  return found;
}

function extra64(extras) {
  for (let at = 0; at + 4 <= extras.byteLength; at += 4 + extras.getUint16(at + 2, true)) {
    if (extras.getUint16(at, true) === 1) return at + 4;
  }
  return null;
}

/** One file in an archive. */
class Entry {
  constructor(file, path, { flags, method, crc, packed, size, at, shift }) {
    Object.assign(this, { file, path, flags, method, crc, packed, size, at: at + shift });
    this.mark = `${path} ${size} ${crc}`;
  }

  /** Gives its beginning, as much as lies in a first small piece. */
  async head(length) {
    const packed = await this.#packed(length);
    if (this.method === STORED) return bytes(packed.slice(0, length));
    return beginning(await bytes(packed), length);
  }

  /** Gives the whole of it, checked against what the archive promises. */
  async open() {
    if (this.packed * MOST_RATIO + 64 < this.size) throw new Untaken("damaged");
    const packed = await this.#packed(this.packed);
    const stream = this.method === STORED ? packed.stream() : packed.stream().pipeThrough(inflater());
    return gather(stream, this);
  }

  async #packed(most) {
    if (this.flags & LOCKED) throw new Untaken("locked");
    if (this.method !== STORED && this.method !== DEFLATED) throw new Untaken("packed");
    const local = view(await bytes(this.file.slice(this.at, this.at + 30)));
    if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw new Untaken("damaged");
    const from = this.at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (from + this.packed > this.file.size) throw new Untaken("damaged");
    return this.file.slice(from, from + Math.min(most, this.packed));
  }
}

function inflater() {
  try {
    return new DecompressionStream("deflate-raw");
  } catch {
    throw new Untaken("packed");
  }
}

/* The piece ends in the middle of the stream, so the stream is left before it can complain. */
async function beginning(packed, length) {
  const stream = inflater();
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  writer.write(packed).catch(() => {});
  if (packed.length < 64) writer.close().catch(() => {});
  try {
    const { value } = await reader.read();
    return (value ?? new Uint8Array()).slice(0, length);
  } catch {
    throw new Untaken("damaged");
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function gather(stream, { size, crc }) {
  const whole = new Uint8Array(size);
  let at = 0;
  try {
    for (let reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) {
        reader.cancel().catch(() => {});
        throw new Untaken("damaged");
      }
      whole.set(value, at);
      at += value.length;
    }
  } catch (error) {
    throw error.name === "NotReadableError" ? error : new Untaken("damaged");
  }
  if (at !== size || crc32(whole) !== crc) throw new Untaken("damaged");
  return whole;
}

function view(array) {
  return new DataView(array.buffer, array.byteOffset, array.byteLength);
}

function number64(data, at) {
  const number = Number(data.getBigUint64(at, true));
  if (!Number.isSafeInteger(number)) throw new Untaken("damaged");
  return number;
}

async function bytes(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}
