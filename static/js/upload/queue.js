/* Sends what was chosen: a few files at a time, again after a lost connection, and none twice. */

import { Others } from "./others.js";
import { nextOf } from "./parcels.js";
import { QUICK, RETRIES, SETTLED, SMALL, Sending } from "./sending.js";
import { Cut, Halt } from "./server.js";
import { dropsOf } from "./sources.js";
import { Untaken } from "./untaken.js";

const PARALLEL = 2;
// Small files wait for the server more than for the line, so a few more are under way while it answers quickly.
const PARALLEL_SMALL = 4;
const LONGEST_PAUSE = 30;

export class UploadQueue extends Sending {
  constructor(form, lines) {
    super(form, lines);
    this.limit = Number(form.dataset.limit);
    this.waiting = [];
    this.running = new Set();
    this.flights = 0;
    this.items = new Map();
    this.marks = new Set();
    this.unseen = 0;
    this.looking = Promise.resolve();
    this.pauses = 0;
    this.isLost = false;
    this.isHalted = false;
    this.slowest = 0;
    this.others = new Others(lines.words);
    this.others.onPart = (files) => this.part(files);
    lines.onRetry = (row) => this.retry(row);
    lines.onRemove = (row) => this.remove(row);
    lines.onResume = () => this.resume();
    addEventListener("offline", () => this.server.abort());
    addEventListener("online", () => this.isLost && this.again());
  }

  get isSending() {
    return this.unseen > 0 || this.running.size > 0 || this.waiting.length > 0;
  }

  /** Takes files as they were chosen: each with its path and the folder it came in. */
  async add(files) {
    const drops = await dropsOf(files, (reason) => this.lines.leave(reason));
    this.unseen += drops.reduce((sum, drop) => sum + drop.sources.length, 0);
    this.tell();
    this.looking = this.looking.then(() => this.lookAt(drops));
  }

  async lookAt(drops) {
    for (const drop of drops) {
      for (const source of drop.sources) {
        const item = await this.look(drop, source);
        this.unseen -= 1;
        if (item) await this.enqueue(item);
        else this.tell();
      }
    }
    this.tell();
  }

  async look(drop, source) {
    try {
      if (source.size > this.limit) throw new Untaken("large");
      const known = this.arrived.rowOf(source.mark);
      const row = this.lines.row(known);
      if (this.marks.has(source.mark) || SETTLED.has(row?.dataset.state)) throw new Untaken("known");
      const item = { ...(await drop.look(source)), row, size: source.size, cuts: 0, mustAsk: Boolean(row) };
      // A slot that was asked for and never seen is asked for again under its name.
      if (known) item.slot = known.replace("upload-", "");
      this.marks.add(source.mark);
      return item;
    } catch (error) {
      this.lines.leave(reasonOf(error));
      return null;
    }
  }

  async enqueue(item) {
    this.lines.expect(item.series);
    if (!this.lines.isLarge) await this.openSlot(item).catch((error) => this.failed(item, error));
    if (item.isStopped) return;
    if (item.row) this.lines.note(item.row, "waiting", "waiting");
    if (!this.waiting.includes(item)) this.waiting.push(item);
    this.pump();
  }

  remember(draft) {
    const field = this.form.elements.draft;
    if (field.value === draft) return;
    field.value = draft;
    const here = new URL(location.href);
    here.searchParams.set("draft", draft);
    history.replaceState(history.state, "", here);
  }

  pump() {
    while (!this.isHalted && this.waiting.length > 0 && this.flights < this.most(this.waiting[0])) {
      this.run(this.isLost ? [this.waiting.shift()] : nextOf(this.waiting));
    }
    this.tell();
  }

  /* After a lost connection one file goes ahead, to see whether it is back. */
  most(next) {
    if (this.isLost) return 1;
    const areSmall = [next, ...this.running].every((item) => item.size <= SMALL);
    return areSmall && this.slowest < QUICK ? PARALLEL_SMALL : PARALLEL;
  }

  async run(items) {
    this.flights += 1;
    for (const item of items) this.running.add(item);
    try {
      if (items.length === 1) await this.send(items[0]);
      else await this.sendMany(items);
      this.found();
    } catch (error) {
      for (const item of items) if (this.running.has(item)) this.failed(item, error);
    }
    for (const item of items) this.running.delete(item);
    this.flights -= 1;
    this.pump();
  }

  settle(item, fresh) {
    if (item.isGone) return;
    this.items.delete(item.row.id);
    this.marks.delete(item.source.mark);
    this.lines.settle(item.row, fresh, item.series);
    if (fresh.dataset.refusal === "other-subject") this.others.take(item, fresh, fresh.dataset.person ?? "");
    this.tell();
  }

  /* Goes on in a draft of its own with the files of another person, which are still chosen here. */
  async part(files) {
    await Promise.all(files.map(({ row }) => this.server.remove(row).catch(() => {})));
    this.others.leave(this.form.dataset.review.replace("DRAFT", this.form.elements.draft.value), this.lines.ready);
    for (const name of ["draft", "record"]) this.form.elements[name].value = "";
    this.items.clear();
    this.lines.clear();
    for (const { item } of files) {
      this.marks.add(item.source.mark);
      await this.enqueue({ source: item.source, series: item.series, size: item.size, cuts: 0, mustAsk: false });
    }
  }

  stop(item, word) {
    this.lines.note(item.row, word, "stopped");
  }

  failed(item, error) {
    if (item.isGone) return;
    if (error instanceof Cut) {
      if (item.wasReached && (item.cuts += 1) >= RETRIES) this.stop(item, "cut");
      else this.putBack(item);
      this.lose();
    } else if (error instanceof Halt) {
      this.putBack(item);
      this.isHalted = true;
      this.lines.halt(error);
    } else {
      item.isStopped = true;
      this.marks.delete(item.source.mark);
      this.lines.expect(item.series, -1);
      this.lines.leave(reasonOf(error));
      if (item.row) this.stop(item, "unreadable");
    }
  }

  /* To the end of the queue: a file that always fails must not keep the others from going. */
  putBack(item) {
    item.wasReached = false;
    if (item.row) this.lines.note(item.row, "waiting", "waiting");
    if (!this.waiting.includes(item)) this.waiting.push(item);
  }

  lose() {
    if (this.isHalted) return;
    this.isLost = this.isHalted = true;
    this.pauses += 1;
    this.lines.lost();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), 1000 * Math.min(LONGEST_PAUSE, 2 ** (this.pauses - 1)));
  }

  again() {
    clearTimeout(this.timer);
    this.isHalted = false;
    this.pump();
  }

  found() {
    if (!this.isLost) return;
    this.isLost = false;
    this.pauses = 0;
    this.lines.found();
  }

  async resume() {
    await this.server.renew().catch(() => {});
    this.lines.found();
    this.again();
  }

  retry(row) {
    const item = this.items.get(row.id);
    if (!item) return;
    item.isStopped = false;
    item.cuts = 0;
    this.lines.note(row, "waiting", "waiting");
    this.waiting.push(item);
    this.pump();
  }

  async remove(row) {
    const item = this.items.get(row.id);
    if (item) item.isGone = true;
    row.request?.abort();
    this.waiting = this.waiting.filter((one) => one !== item);
    const answer = await this.server.remove(row).catch(() => null);
    if (answer?.ok || answer?.status === 404) {
      this.items.delete(row.id);
      if (item) this.marks.delete(item.source.mark);
      this.others.forget(row);
      this.lines.remove(row);
    } else {
      if (item) item.isGone = false;
      this.lines.note(row, "kept", "stopped");
    }
    this.pump();
  }

  tell() {
    const unshown = [...this.waiting, ...this.running].filter((item) => !item.row?.isConnected && !item.isGone).length;
    this.lines.tell(this.unseen + unshown, this.isSending);
    this.others.hold(this.isSending);
  }
}

function reasonOf(error) {
  return error instanceof Untaken ? error.reason : "unreadable";
}
