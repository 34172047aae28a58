/* What the page says of the files: a row for each of a few, groups of many, one count over the whole. */

import { Groups } from "./groups.js";
import { count, filled } from "./words.js";

const FEW = 12;
const STEPS = 10;

export class Lines {
  constructor(form) {
    this.form = form;
    this.words = JSON.parse(form.dataset.words);
    for (const part of ["queue", "count", "says", "next", "halted", "whole", "left", "pause"]) {
      this[part] = document.getElementById(`upload-${part}`);
    }
    this.rows = new Map([...this.queue.children].map((row) => [row.id, row]));
    this.reasons = new Map();
    this.groups = new Groups(this.queue, this.words);
    this.isLarge = false;
    this.said = 0;
    this.queue.addEventListener("click", (event) => this.#click(event));
    this.halted.querySelector("button").addEventListener("click", () => this.onResume());
    if (this.rows.size > FEW) this.#grow();
    this.tell(0, false);
  }

  /** Counts the images that came in. */
  get ready() {
    return [...this.rows.values()].filter((row) => row.dataset.state === "received").length;
  }

  /** Begins again with an empty list, for another draft. */
  clear() {
    this.rows.clear();
    this.reasons.clear();
    this.queue.replaceChildren();
    this.left.hidden = true;
    this.groups = new Groups(this.queue, this.words);
    this.isLarge = false;
    this.said = 0;
    this.tell(0, false);
  }

  row(id) {
    return this.rows.get(id);
  }

  expect(series, more = 1) {
    this.groups.expect(series, more);
  }

  /** Takes a new row in; among hundreds it is shown once it has a series or a reason. */
  show(row, file) {
    this.rows.set(row.id, row);
    if (this.isLarge) return;
    this.queue.append(row);
    if (file) drawPicture(row, file);
  }

  forget(row) {
    this.rows.delete(row.id);
    row.remove();
  }

  note(row, word, state, values = {}) {
    row.dataset.state = state;
    const words = filled(this.words[word], values);
    const note = row.querySelector("[data-note]");
    if (note.textContent !== words) note.textContent = words;
    row.querySelector("[data-act='retry']").hidden = state !== "stopped";
    if (state !== "stopped" && word !== "busy") return;
    if (state === "stopped") row.querySelector("[data-bar]").hidden = true;
    if (!row.isConnected && state === "stopped") this.queue.prepend(row);
    if (!this.isLarge || state === "stopped") this.#say(`${row.dataset.name}: ${words}`);
  }

  progress(row, percent) {
    const bar = row.querySelector("[data-bar]");
    bar.hidden = false;
    bar.value = percent;
    this.note(row, percent < 100 ? "sending" : "checking", "sending");
  }

  settle(row, fresh, series) {
    this.rows.set(fresh.id, fresh);
    row.replaceWith(fresh);
    globalThis.htmx?.process(fresh);
    if (this.isLarge) this.groups.place(fresh, series);
    else this.#say(`${fresh.dataset.name}: ${fresh.querySelector("[data-note]").textContent.trim()}`);
  }

  remove(row) {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    const group = row.closest(".upload-group");
    this.forget(row);
    this.groups.shrink(group, row);
    (beside?.querySelector("[data-act='remove']") ?? document.getElementById("upload-pick")).focus();
    this.#say(filled(this.words.removed, { name: row.dataset.name }));
  }

  /** Counts a file that stays on the device, by its reason. */
  leave(reason) {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    const lines = [...this.reasons].map(([one, many]) => {
      const line = document.createElement("li");
      line.textContent = count(this.words.left[one], many);
      return line;
    });
    this.left.querySelector("ul").replaceChildren(...lines);
    this.left.hidden = false;
  }

  halt({ word, words }) {
    const sentence = words || this.words[word];
    this.halted.firstElementChild.textContent = sentence;
    this.halted.hidden = false;
    this.#say(sentence);
  }

  lost() {
    if (!this.pause.hidden) return;
    this.pause.hidden = false;
    this.#say(this.pause.textContent.trim());
  }

  found() {
    const wasLost = !this.pause.hidden;
    this.pause.hidden = this.halted.hidden = true;
    if (wasLost) this.#say(this.words.found);
  }

  /** Brings the counts up to date; `unshown` files have no row yet. */
  tell(unshown, isSending) {
    if (!this.isLarge && this.rows.size + unshown > FEW) this.#grow();
    const states = [...this.rows.values()].map((row) => row.dataset.state);
    const [ready, refused] = ["received", "refused"].map((state) => states.filter((one) => one === state).length);
    const shown = this.isLarge ? states.length - this.#inWork() : states.length;
    const all = shown + unshown;
    this.count.hidden = all === 0;
    this.queue.hidden = this.queue.childElementCount === 0;
    this.count.textContent = filled(this.words.count, { ready, all }) + (this.isLarge && refused > 0 ? ` · ${count(this.words.refused, refused)}` : "");
    this.whole.hidden = !(this.isLarge && isSending);
    this.whole.max = Math.max(1, all);
    this.whole.value = ready + refused;
    this.#sayStep(Math.floor((STEPS * (ready + refused)) / Math.max(1, all)));
    this.next.hidden = ready === 0;
    this.next.href = this.form.dataset.review.replace("DRAFT", this.form.elements.draft.value);
  }

  #inWork() {
    return [...this.rows.values()].filter((row) => !row.isConnected).length;
  }

  #grow() {
    this.isLarge = true;
    for (const row of [...this.rows.values()]) {
      if (["received", "refused"].includes(row.dataset.state)) this.groups.place(row, "");
    }
  }

  /* Hundreds of files would talk without end; a listener hears every tenth part. */
  #sayStep(step) {
    if (!this.isLarge || step === this.said) return;
    this.said = step;
    this.#say(this.count.textContent);
  }

  #click(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-put]");
    if (button.dataset.act === "remove") this.onRemove(row);
    else this.onRetry(row);
  }

  #say(words) {
    this.says.textContent = words;
  }
}

/* A small picture before anything is sent; the browser decodes it, so only photos have one. */
async function drawPicture(row, file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: 160, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    canvas.setAttribute("aria-hidden", "true");
    row.querySelector("[data-plate]")?.replaceChildren(canvas);
  } catch {
    // A DICOM file; the server's preview follows.
  }
}
