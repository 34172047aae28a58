/* What was drawn is with the server before it can be confirmed, and what the server says of the image replaces its part. */

import { remember } from "./keep.js";

const PAUSE = 400;
const RETRY = 3000;

export class Saving {
  constructor({ root, areas, say, heard, adopted, settled }) {
    Object.assign(this, { root, areas, say, heard, adopted, settled });
    this.isDirty = false;
    this.#readHints();
    document.addEventListener("htmx:before:swap", () => (this.restore = this.state && remember(this.state)));
    document.addEventListener("htmx:after:swap", () => this.#swapped());
  }

  get state() {
    return document.getElementById(this.root.dataset.state);
  }

  get isBusy() {
    return this.isDirty || Boolean(this.isSending);
  }

  later() {
    this.isDirty = true;
    this.#unsettle();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /* At once, for whoever confirms faster than he draws. */
  hurry() {
    if (!this.isDirty || this.isSending) return;
    clearTimeout(this.timer);
    this.save();
  }

  async save() {
    if (this.isSending) return;
    this.isSending = true;
    while (this.isDirty) {
      this.isDirty = false;
      await this.#send().catch(async () => {
        this.isDirty = true;
        this.say("unsaved");
        await new Promise((go) => setTimeout(go, RETRY));
      });
    }
    this.isSending = false;
    this.settled();
  }

  async #send() {
    const body = new FormData();
    body.set("boxes", this.areas.text);
    this.areas.see();
    const headers = { "X-CSRFToken": this.root.dataset.token, "HX-Request": "true", "HX-Request-Type": "partial" };
    const answer = await fetch(this.root.dataset.save, { method: "POST", body, headers });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const holder = document.createElement("template");
    holder.innerHTML = (await answer.text()).trim();
    const fresh = holder.content.firstElementChild;
    const restore = remember(this.state);
    this.state.replaceWith(fresh);
    restore();
    globalThis.htmx?.process(fresh);
    if (answer.ok) this.#adopt(!this.isDirty);
  }

  /* The search brought suggestions, or the form with exact numbers was sent; what it says is what holds. */
  #swapped() {
    this.restore?.();
    this.restore = null;
    if (this.state) this.#adopt(!this.isDirty && !this.isSending);
  }

  #adopt(isSent) {
    this.#readHints();
    const isNew = this.areas.adopt(this.state.dataset.boxes, isSent);
    if (!isSent) this.#unsettle();
    if (isNew && !isSent) this.later();
    this.adopted(isNew);
  }

  /* A search that is over says so once; what stands there has been replaced, which nobody hears. */
  #readHints() {
    const isWaiting = this.state?.hasAttribute("hx-get") ?? false;
    if (this.isWaiting && !isWaiting) this.heard(this.state.querySelector("[data-scan]").textContent);
    this.isWaiting = isWaiting;
    this.areas.hints = JSON.parse(this.state?.dataset.hints ?? "[]");
  }

  #unsettle() {
    for (const button of this.state.querySelectorAll("[data-settled]")) button.disabled = true;
  }
}
