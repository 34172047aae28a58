/* <slice-montage>: counts the slices that passed this screen, and shows one large to draw on it. */

import { Enlarged } from "./montage/enlarged.js";
import { spans } from "./montage/spans.js";
import { form } from "./plural.js";

const AGAIN = [1500, 4000, 10_000];
/* Milliseconds that a slice has to stay on the screen; what flies past was not looked at. */
const LONG_ENOUGH = 350;

class SliceMontage extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    this.total = Number(this.dataset.total);
    this.passed = new Set();
    this.form = this.querySelector("[data-confirm-slices]");
    this.waiting = this.querySelectorAll(".slices .slice:not(.done)").length;
    const bars = [document.querySelector(".topbar"), this.querySelector(".slices-bar")].map((bar) => bar?.offsetHeight ?? 0);
    const rootMargin = `-${bars[0]}px 0px -${bars[1]}px`;
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), { threshold: 0.7, rootMargin });
    this.enlarged = new Enlarged({ root: this, words: this.words, total: this.total, shown: (number) => this.#pass(number) });
    this.addEventListener("load", (event) => this.#loaded(event.target), true);
    this.addEventListener("error", (event) => this.#failed(event.target), true);
    this.addEventListener("click", (event) => this.#click(event));
    this.classList.add("is-live");
    this.#watch(this);
    // What stands out comes later, when all slices were compared.
    this.changes = new MutationObserver(() => this.#watch(this));
    this.changes.observe(this, { childList: true });
    this.#tell();
  }

  disconnectedCallback() {
    this.observer.disconnect();
    this.changes.disconnect();
  }

  #watch(within) {
    for (const plate of within.querySelectorAll(".slice:not([data-watched])")) {
      plate.dataset.watched = "";
      this.observer.observe(plate);
    }
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      target.toggleAttribute("data-visible", isIntersecting);
      if (isIntersecting) this.#look(target);
    }
  }

  #loaded(image) {
    const slice = image.closest(".slice");
    if (slice?.hasAttribute("data-visible")) this.#look(slice);
  }

  #look(slice) {
    const image = slice.querySelector("img");
    const isThere = () => slice.hasAttribute("data-visible") && image.complete && image.naturalWidth > 0;
    if (isThere()) setTimeout(() => isThere() && this.#pass(Number(slice.dataset.slice)), LONG_ENOUGH);
  }

  #pass(number) {
    if (this.passed.has(number)) return;
    this.passed.add(number);
    for (const slice of this.querySelectorAll(`[data-slice="${number}"]`)) slice.dataset.passed = "";
    this.#tell();
  }

  /* A busy server is asked once more, a little later. */
  #failed(image) {
    if (!image.closest?.(".slice")) return;
    const tries = Number(image.dataset.tries ?? 0);
    if (tries >= AGAIN.length) return;
    image.dataset.tries = tries + 1;
    const address = new URL(image.src);
    address.searchParams.set("again", tries + 1);
    setTimeout(() => (image.src = address.href), AGAIN[tries]);
  }

  #tell() {
    this.querySelector("[data-shown]").textContent = put(this.words.shown, { shown: this.passed.size, total: this.total });
    if (!this.form) return;
    const ready = [...this.querySelectorAll(".slices .slice:not(.done)")].filter((one) => this.passed.has(Number(one.dataset.slice)));
    const button = this.form.querySelector("[data-confirm]");
    const { all, some, none } = this.words;
    button.disabled = ready.length === 0;
    const words = ready.length === this.waiting ? all : some;
    button.textContent = ready.length === 0 ? none : put(form(words, ready.length), { count: ready.length });
    this.querySelector("[data-rest]").hidden = ready.length === this.waiting;
    this.form.elements.slices.value = spans(this.passed);
  }

  /* To the first slice that did not pass this screen yet. */
  #rest() {
    const rest = this.querySelector(".slices .slice:not(.done, [data-passed])");
    rest?.scrollIntoView({ block: "start" });
    rest?.focus({ preventScroll: true });
  }

  #click(event) {
    if (event.target.closest("[data-rest]")) this.#rest();
    const slice = event.target.closest(".slice");
    if (!slice || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.enlarged.open(Number(slice.dataset.slice), slice);
  }
}

export function put(text, values) {
  return Object.entries(values).reduce((whole, [key, value]) => whole.replace(`{${key}}`, String(value)), text);
}

customElements.define("slice-montage", SliceMontage);
