/* Sends what was chosen: a few files at a time, again after a lost connection, and none twice. */

import { Arrived } from "./arrived.js";
import { Cut, Halt, Server, isSignedOut } from "./server.js";
import { dropsOf } from "./sources.js";
import { Untaken } from "./untaken.js";

const PARALLEL = 2;
// Small files wait for the server more than for the line, so a few more are under way while it answers quickly.
const PARALLEL_SMALL = 4;
const SMALL = 2 * 1024 * 1024;
const QUICK = 1500;
const RETRIES = 5;
const LONGEST_PAUSE = 30;
const SETTLED = new Set(["received", "refused"]);

export class UploadQueue {
  constructor(form, lines) {
    this.form = form;
    this.lines = lines;
    this.server = new Server(form);
    this.arrived = new Arrived(form);
    this.limit = Number(form.dataset.limit);
    this.waiting = [];
    this.running = new Set();
    this.items = new Map();
    this.marks = new Set();
    this.unseen = 0;
    this.looking = Promise.resolve();
    this.pauses = 0;
    this.isLost = false;
    this.isHalted = false;
    this.slowest = 0;
    lines.onRetry = (row) => this.#retry(row);
    lines.onRemove = (row) => this.#remove(row);
    lines.onResume = () => this.#resume();
    addEventListener("offline", () => this.server.abort());
    addEventListener("online", () => this.isLost && this.#again());
  }

  get isSending() {
    return this.unseen > 0 || this.running.size > 0 || this.waiting.length > 0;
  }

  /** Takes files as they were chosen: each with its path and the folder it came in. */
  async add(files) {
    const drops = await dropsOf(files, (reason) => this.lines.leave(reason));
    this.unseen += drops.reduce((sum, drop) => sum + drop.sources.length, 0);
    this.#tell();
    this.looking = this.looking.then(() => this.#lookAt(drops));
  }

  async #lookAt(drops) {
    for (const drop of drops) {
      for (const source of drop.sources) {
        const item = await this.#look(drop, source);
        this.unseen -= 1;
        if (item) await this.#enqueue(item);
        else this.#tell();
      }
    }
    this.#tell();
  }

  async #look(drop, source) {
    try {
      if (source.size > this.limit) throw new Untaken("large");
      const row = this.lines.row(this.arrived.rowOf(source.mark));
      if (this.marks.has(source.mark) || SETTLED.has(row?.dataset.state)) throw new Untaken("known");
      const item = { ...(await drop.look(source)), row, size: source.size, cuts: 0, mustAsk: Boolean(row) };
      this.marks.add(source.mark);
      return item;
    } catch (error) {
      this.lines.leave(reasonOf(error));
      return null;
    }
  }

  async #enqueue(item) {
    this.lines.expect(item.series);
    if (!this.lines.isLarge) await this.#openSlot(item).catch((error) => this.#failed(item, error));
    if (item.isStopped) return;
    if (item.row) this.lines.note(item.row, "waiting", "waiting");
    if (!this.waiting.includes(item)) this.waiting.push(item);
    this.#pump();
  }

  async #openSlot(item) {
    if (item.row) return;
    item.row = await this.server.open();
    this.items.set(item.row.id, item);
    this.#remember(item.row.dataset.draft);
    this.arrived.keep(item.source.mark, item.row.id);
    this.lines.show(item.row, item.source.file);
    this.#tell();
  }

  #remember(draft) {
    const field = this.form.elements.draft;
    if (field.value === draft) return;
    field.value = draft;
    const here = new URL(location.href);
    here.searchParams.set("draft", draft);
    history.replaceState(history.state, "", here);
  }

  #pump() {
    while (!this.isHalted && this.waiting.length > 0 && this.running.size < this.#most(this.waiting[0])) {
      this.#run(this.waiting.shift());
    }
    this.#tell();
  }

  /* After a lost connection one file goes ahead, to see whether it is back. */
  #most(next) {
    if (this.isLost) return 1;
    const areSmall = [next, ...this.running].every((item) => item.size <= SMALL);
    return areSmall && this.slowest < QUICK ? PARALLEL_SMALL : PARALLEL;
  }

  async #run(item) {
    this.running.add(item);
    try {
      await this.#send(item);
      this.#found();
    } catch (error) {
      this.#failed(item, error);
    }
    this.running.delete(item);
    this.#pump();
  }

  async #send(item) {
    if (item.mustAsk && (await this.#hasArrived(item))) return;
    const body = await item.source.open();
    await this.#openSlot(item);
    for (let attempt = 0; attempt <= RETRIES && !item.isGone; attempt += 1) {
      const answer = await this.#put(item, body);
      if (answer.status !== 503) {
        await this.#answered(item, answer);
        return;
      }
      if (attempt < RETRIES) await this.#waitForPlace(item, answer.seconds, attempt);
    }
    if (!item.isGone) this.#stop(item, "cut");
  }

  async #put(item, body) {
    const began = performance.now();
    item.mustAsk = true;
    this.items.set(item.row.id, item);
    this.lines.note(item.row, "sending", "sending");
    const answer = await this.server.put(item.row, body, (percent) => this.lines.progress(item.row, percent));
    if (item.size <= SMALL) this.slowest = Math.max(0.8 * this.slowest, performance.now() - began);
    return answer;
  }

  async #answered(item, answer) {
    if (answer.row && SETTLED.has(answer.row.dataset.state)) this.#settle(item, answer.row);
    else if (isSignedOut(answer.status)) throw new Halt("signedOut");
    else if (answer.status === 413) this.#stop(item, "large");
    else if (!(await this.#hasArrived(item))) this.#stop(item, "cut");
  }

  /* An answer may be lost although the file arrived; then it must not be sent again. */
  async #hasArrived(item) {
    for (;;) {
      const row = await this.server.ask(item.row);
      item.wasReached = true;
      if (!row) {
        this.lines.forget(item.row);
        item.row = null;
        return false;
      }
      if (SETTLED.has(row.dataset.state)) {
        this.#settle(item, row);
        return true;
      }
      if (row.dataset.state !== "receiving" || (item.asked = (item.asked ?? 0) + 1) > 20) return false;
      await seconds(1);
    }
  }

  /* The file keeps its place among those under way, so that a busy server is not asked by all of them at once. */
  async #waitForPlace(item, asked, attempt) {
    const wait = Math.min(60, Math.ceil(asked * 1.6 ** attempt));
    this.slowest = QUICK;
    this.lines.note(item.row, "busy", "sending", { seconds: wait });
    await seconds(wait);
  }

  #settle(item, fresh) {
    if (item.isGone) return;
    this.items.delete(item.row.id);
    this.marks.delete(item.source.mark);
    this.lines.settle(item.row, fresh, item.series);
    this.#tell();
  }

  #stop(item, word) {
    this.lines.note(item.row, word, "stopped");
  }

  #failed(item, error) {
    if (item.isGone) return;
    if (error instanceof Cut) {
      if (item.wasReached && (item.cuts += 1) >= RETRIES) this.#stop(item, "cut");
      else this.#putBack(item);
      this.#lose();
    } else if (error instanceof Halt) {
      this.#putBack(item);
      this.isHalted = true;
      this.lines.halt(error.word);
    } else {
      item.isStopped = true;
      this.marks.delete(item.source.mark);
      this.lines.expect(item.series, -1);
      this.lines.leave(reasonOf(error));
      if (item.row) this.#stop(item, "unreadable");
    }
  }

  /* To the end of the queue: a file that always fails must not keep the others from going. */
  #putBack(item) {
    item.wasReached = false;
    if (item.row) this.lines.note(item.row, "waiting", "waiting");
    if (!this.waiting.includes(item)) this.waiting.push(item);
  }

  #lose() {
    if (this.isHalted) return;
    this.isLost = this.isHalted = true;
    this.pauses += 1;
    this.lines.lost();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#again(), 1000 * Math.min(LONGEST_PAUSE, 2 ** (this.pauses - 1)));
  }

  #again() {
    clearTimeout(this.timer);
    this.isHalted = false;
    this.#pump();
  }

  #found() {
    if (!this.isLost) return;
    this.isLost = false;
    this.pauses = 0;
    this.lines.found();
  }

  async #resume() {
    await this.server.renew().catch(() => {});
    this.lines.found();
    this.#again();
  }

  #retry(row) {
    const item = this.items.get(row.id);
    if (!item) return;
    item.isStopped = false;
    item.cuts = 0;
    this.lines.note(row, "waiting", "waiting");
    this.waiting.push(item);
    this.#pump();
  }

  async #remove(row) {
    const item = this.items.get(row.id);
    if (item) item.isGone = true;
    row.request?.abort();
    this.waiting = this.waiting.filter((one) => one !== item);
    const answer = await this.server.remove(row).catch(() => null);
    if (answer?.ok || answer?.status === 404) {
      this.items.delete(row.id);
      if (item) this.marks.delete(item.source.mark);
      this.lines.remove(row);
    } else {
      if (item) item.isGone = false;
      this.lines.note(row, "kept", "stopped");
    }
    this.#pump();
  }

  #tell() {
    const unshown = [...this.waiting, ...this.running].filter((item) => !item.row?.isConnected && !item.isGone).length;
    this.lines.tell(this.unseen + unshown, this.isSending);
  }
}

function reasonOf(error) {
  return error instanceof Untaken ? error.reason : "unreadable";
}

function seconds(count) {
  return new Promise((done) => setTimeout(done, 1000 * count));
}
