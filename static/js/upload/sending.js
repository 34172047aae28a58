/* Brings one file or a parcel of them to the server: a slot for each, its bytes, and what the server says of it. */

import { Arrived } from "./arrived.js";
import { bytesOf } from "./parcels.js";
import { Halt, Server, isSignedOut, newSlot } from "./server.js";

export const SMALL = 2 * 1024 * 1024;
export const RETRIES = 5;
export const SETTLED = new Set(["received", "refused"]);
export const QUICK = 1500;

/** What the queue is made of; the queue decides which file goes when, and what becomes of one that fails. */
export class Sending {
  constructor(form, lines) {
    this.form = form;
    this.lines = lines;
    this.server = new Server(form);
    this.arrived = new Arrived(form);
  }

  async openSlot(item) {
    await this.openSlots([item]);
  }

  async openSlots(items) {
    const bare = items.filter((item) => !item.row);
    if (bare.length === 0) return;
    for (const item of bare) {
      item.slot ??= newSlot();
      // Known before it is asked for: the answer may be lost together with this page.
      this.arrived.keep(item.source.mark, `upload-${item.slot}`);
    }
    const rows = await this.server.open(bare.map((item) => item.slot));
    bare.forEach((item, at) => {
      item.row = rows[at];
      item.mustAsk ||= rows[at].dataset.state !== "waiting";
      this.placed(item);
    });
  }

  placed(item) {
    this.items.set(item.row.id, item);
    this.remember(item.row.dataset.draft);
    this.arrived.keep(item.source.mark, item.row.id);
    this.lines.show(item.row, item.source.file);
    this.tell();
  }

  async send(item) {
    const body = await item.source.open();
    await this.openSlot(item);
    if (item.mustAsk && (await this.hasArrived(item))) return;
    await this.openSlot(item);
    for (let attempt = 0; attempt <= RETRIES && !item.isGone; attempt += 1) {
      const answer = await this.put(item, body);
      if (answer.status !== 503) {
        await this.answered(item, answer);
        return;
      }
      if (attempt < RETRIES) await this.waitForPlace([item], answer.seconds, attempt);
    }
    if (!item.isGone) this.stop(item, "cut");
  }

  async sendMany(items) {
    const [read, ready] = [[], []];
    for (const item of items) if (await this.read(item)) read.push(item);
    await this.openSlots(read);
    for (const item of read) {
      if (item.mustAsk && (await this.hasArrived(item))) this.running.delete(item);
      else ready.push(item);
    }
    await this.openSlots(ready);
    for (let attempt = 0; attempt <= RETRIES; attempt += 1) {
      const here = ready.filter((item) => !item.isGone);
      if (here.length === 0) return;
      const answer = await this.putMany(here);
      if (answer.status !== 503) {
        this.answeredMany(here, answer);
        return;
      }
      if (attempt < RETRIES) await this.waitForPlace(here, answer.seconds, attempt);
    }
    for (const item of ready) if (!item.isGone) this.stop(item, "cut");
  }

  async read(item) {
    try {
      item.bytes = await bytesOf(item.source);
      return !item.isGone;
    } catch (error) {
      this.failed(item, error);
      this.running.delete(item);
      return false;
    }
  }

  async put(item, body) {
    const began = performance.now();
    item.mustAsk = true;
    this.items.set(item.row.id, item);
    this.lines.note(item.row, "sending", "sending");
    const answer = await this.server.put(item.row, body, (percent) => this.lines.progress(item.row, percent));
    if (item.size <= SMALL) this.slowest = Math.max(0.8 * this.slowest, performance.now() - began);
    return answer;
  }

  async putMany(items) {
    for (const item of items) {
      item.mustAsk = true;
      this.items.set(item.row.id, item);
      this.lines.note(item.row, "sending", "sending");
    }
    const [rows, bodies] = [items.map((item) => item.row), items.map((item) => item.bytes)];
    return this.server.putMany(rows, bodies, (percent) => rows.forEach((row) => this.lines.progress(row, percent)));
  }

  async answered(item, answer) {
    const [row] = answer.rows;
    if (row && SETTLED.has(row.dataset.state)) this.settle(item, row);
    else if (isSignedOut(answer.status)) throw new Halt("signedOut");
    else if (answer.status === 413) this.stop(item, "large");
    else if (!(await this.hasArrived(item))) this.stop(item, "cut");
  }

  answeredMany(items, answer) {
    if (isSignedOut(answer.status)) throw new Halt("signedOut");
    const rows = new Map(answer.rows.map((row) => [row.id, row]));
    for (const item of items) {
      item.bytes = null;
      this.running.delete(item);
      const row = rows.get(item.row.id);
      if (row && SETTLED.has(row.dataset.state)) {
        this.settle(item, row);
      } else if (!item.isGone) {
        item.isAlone = true;
        this.putBack(item);
      }
    }
  }

  /* An answer may be lost although the file arrived; then it must not be sent again. */
  async hasArrived(item) {
    for (;;) {
      const row = await this.server.ask(item.row);
      item.wasReached = true;
      if (!row) {
        this.lines.forget(item.row);
        item.row = item.slot = null;
        return false;
      }
      if (SETTLED.has(row.dataset.state)) {
        this.settle(item, row);
        return true;
      }
      if (row.dataset.state !== "receiving" || (item.asked = (item.asked ?? 0) + 1) > 20) return false;
      await seconds(1);
    }
  }

  /* The file keeps its place among those under way, so that a busy server is not asked by all of them at once. */
  async waitForPlace(items, asked, attempt) {
    const wait = Math.min(60, Math.ceil(asked * 1.6 ** attempt));
    this.slowest = QUICK;
    for (const item of items) this.lines.note(item.row, "busy", "sending", { seconds: wait });
    await seconds(wait);
  }
}

function seconds(count) {
  return new Promise((done) => setTimeout(done, 1000 * count));
}
