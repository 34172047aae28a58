/* Fetches frames, decodes them and keeps as many as the device bears, the ones last used longest. */

import { canDecode, decode } from "./decode.js";

const MB = 2 ** 20;
const AT_ONCE = 4;
const REACH = 24;

const isSmall = () => (navigator.deviceMemory ?? 8) <= 4 || matchMedia("(pointer: coarse)").matches;

export class Frames {
  constructor(series, budget = (isSmall() ? 64 : 256) * MB) {
    Object.assign(this, { series, budget, kept: new Map(), coming: new Map(), wanted: [], bytes: 0, shown: 0 });
  }

  /* Give a frame that is here, or nothing. */
  get(frame) {
    const found = this.kept.get(frame);
    if (found) {
      this.kept.delete(frame);
      this.kept.set(frame, found);
    }
    return found;
  }

  /* Give a frame, {stored} or {bitmap} with {columns, rows, view}, as soon as it is here. */
  async load(frame) {
    const found = this.get(frame);
    if (found) return found;
    if (!this.coming.has(frame)) {
      const stopper = new AbortController();
      const promise = this.fetch(frame, stopper.signal).finally(() => {
        this.coming.delete(frame);
        this.more();
      });
      this.coming.set(frame, { promise, stopper });
    }
    return this.coming.get(frame).promise;
  }

  /* Fetch what lies around a frame, the way one goes first, and give up what is far from it by now. */
  around(frame, way = 1) {
    const { count } = this.series;
    const reach = Math.min(REACH, Math.floor((this.budget * 0.8) / (this.size ?? MB) / 2));
    this.wanted = [];
    for (let step = 1; step <= reach; step += 1) {
      for (const other of [frame + step * way, frame - step * way]) if (other >= 0 && other < count) this.wanted.push(other);
    }
    for (const [other, { stopper }] of this.coming) if (Math.abs(other - frame) > reach) stopper.abort();
    this.more();
  }

  more() {
    while (this.wanted.length && this.coming.size < AT_ONCE) {
      const next = this.wanted.shift();
      if (!this.kept.has(next)) this.load(next).catch(() => {});
    }
  }

  stop() {
    this.wanted = [];
    for (const { stopper } of this.coming.values()) stopper.abort();
    for (const { bitmap } of this.kept.values()) bitmap?.close();
    this.kept.clear();
    this.bytes = 0;
  }

  /* Leave some of the memory to a part that needs it, a negative number when it is given back. */
  lend(bytes) {
    this.budget -= bytes;
    this.wanted = [];
    this.drop();
  }

  async fetch(frame, signal) {
    const { columns, rows, view } = this.series.frames[frame];
    const isStored = this.series.isStored(frame) && canDecode(view.dtype);
    const answer = await fetch(this.series.address(frame, isStored ? "n" : "f"), { signal });
    if (!answer.ok) throw new Error(String(answer.status));
    if (isStored) {
      const stored = decode(new Uint8Array(await answer.arrayBuffer()), { ...view, columns, rows });
      return this.keep(frame, { frame, columns, rows, view, stored, bytes: stored.byteLength });
    }
    const bitmap = await createImageBitmap(await answer.blob());
    return this.keep(frame, { frame, columns, rows, view, bitmap, bytes: bitmap.width * bitmap.height * 4 });
  }

  keep(frame, entry) {
    this.size = entry.bytes;
    this.kept.set(frame, entry);
    this.bytes += entry.bytes;
    this.drop(frame);
    return entry;
  }

  drop(newest) {
    for (const [other, { bytes, bitmap }] of this.kept) {
      if (this.bytes <= this.budget) break;
      if (other === newest || other === this.shown) continue;
      bitmap?.close();
      this.kept.delete(other);
      this.bytes -= bytes;
    }
  }
}
