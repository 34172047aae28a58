/* What a card shows beyond its picture: frames of a series under the pointer or finger, photographs one by one.
 *
 * Loaded by pin-grid.js when somebody first points at such a card. Nothing moves by itself, ever: a mouse that passes
 * over scrubs only where motion is welcome and data is cheap; a finger that is drawn sideways, the keys [ and ], and
 * the buttons under photographs always work.
 */

const DRAG = 8; // pixels before a finger that moves is no tap
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const reels = new WeakMap();

/* The pictures of one card, asked for once. */
class Reel {
  constructor(card) {
    this.card = card;
    this.picture = card.querySelector(".plate img");
    this.own = { src: this.picture.src, srcset: this.picture.srcset, alt: this.picture.alt };
    this.at = 0;
    this.pictures = null;
  }

  async load() {
    this.asked ??= fetch(this.card.dataset.glimpse, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { pictures: [] }), () => ({ pictures: [] }));
    const { kind, at = 0, pictures } = await this.asked;
    if (this.pictures) return this;
    [this.kind, this.at, this.pictures] = [kind, at, pictures];
    // The box stays as it is, whatever shape the next picture has.
    const { width, height } = this.picture.getBoundingClientRect();
    this.picture.style.aspectRatio = `${width} / ${height}`;
    this.rest = at;
    if (kind === "frames") for (const one of pictures) new Image().src = one.src;
    return this;
  }

  show(place) {
    const count = this.pictures?.length ?? 0;
    if (count < 2) return;
    this.at = this.kind === "frames" ? Math.min(Math.max(place, 0), count - 1) : (place + count) % count;
    const next = this.pictures[this.at];
    this.picture.removeAttribute("srcset");
    this.picture.src = next.src;
    this.picture.alt = next.alt || this.own.alt;
    this.card.querySelectorAll(".dots > i").forEach((dot, n, all) => {
      dot.classList.toggle("on", n === Math.min(this.at, all.length - 1));
    });
    this.tell(count);
  }

  /* How far along it is: a line under frames, and words for who cannot see either. */
  tell(count) {
    const plate = this.card.querySelector(".plate");
    plate.classList.toggle("scrubbed", this.kind === "frames");
    plate.style.setProperty("--along", (this.at + 1) / count);
  }

  rests() {
    if (this.kind !== "frames" || !this.pictures) return;
    this.at = this.rest;
    this.picture.srcset = this.own.srcset;
    this.picture.src = this.own.src;
    this.picture.alt = this.own.alt;
    this.card.querySelector(".plate").classList.remove("scrubbed");
  }
}

const cardOf = (node) => node.closest?.("[data-glimpse]:not(:has(.covered))");

function reelOf(card) {
  if (!reels.has(card)) reels.set(card, new Reel(card));
  return reels.get(card);
}

function speak(reel, by) {
  const words = document.querySelector("pin-grid")?.dataset.frame;
  const count = reel.pictures.length;
  const news = document.querySelector("#wall-news");
  if (news && words && by) news.textContent = words.replace("{n}", reel.at + 1).replace("{all}", count);
}

async function step(card, by) {
  const reel = await reelOf(card).load();
  reel.show(reel.at + by);
  speak(reel, by);
}

/* ---- a mouse that passes over ------------------------------------------ */

let over = null;

function hover(event) {
  if (event.pointerType !== "mouse" || calm.matches || navigator.connection?.saveData) return;
  const plate = event.target.closest?.("[data-glimpse] .plate:not(:has(.covered))");
  const card = plate && cardOf(plate);
  if (over && over !== card) reelOf(over).rests();
  over = card || null;
  if (!card || card.querySelector(".reel")) return;
  const reel = reelOf(card);
  const box = plate.getBoundingClientRect();
  const along = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.999);
  reel.load().then(() => {
    if (over === card && reel.kind === "frames") reel.show(Math.floor(along * reel.pictures.length));
  });
}

/* ---- a finger ------------------------------------------------------------ */

let drag = null;

function press(event) {
  const plate = event.target.closest?.("[data-glimpse] .plate:not(:has(.covered))");
  if (!plate || event.pointerType === "mouse") return;
  const reel = reelOf(cardOf(plate));
  const one = { reel, x: event.clientX, by: 0, width: plate.getBoundingClientRect().width, from: null, moved: false };
  drag = one;
  // Pictures that come after the finger moved, or left, are shown where it was.
  reel.load().then(() => follow(one));
}

function follow(one) {
  const { reel, moved } = one;
  if (!moved || !reel.pictures || reel.kind !== "frames") return;
  one.from ??= reel.at;
  reel.show(one.from + Math.round((one.by / one.width) * reel.pictures.length));
}

function move(event) {
  if (!drag || event.pointerType === "mouse") { hover(event); return; }
  drag.by = event.clientX - drag.x;
  drag.moved ||= Math.abs(drag.by) >= DRAG;
  follow(drag);
}

function lift(event) {
  if (!drag) return;
  const { reel, by, moved } = drag;
  drag = null;
  if (!moved || event.type === "pointercancel") return;
  reel.load().then(() => { if (reel.kind !== "frames") step(reel.card, by < 0 ? 1 : -1); });
  // A finger that was drawn opens nothing.
  const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 0);
}

/* ---- keys and buttons ------------------------------------------------------ */

function key(event) {
  const by = { "[": -1, "]": 1 }[event.key];
  const card = by && event.target.matches?.(".card > a, [data-reel]") && cardOf(event.target);
  if (!card || event.ctrlKey || event.metaKey || document.body.dataset.keys === "off") return;
  event.preventDefault();
  event.stopPropagation();
  step(card, by);
}

function pressButton(event) {
  const button = event.target.closest?.("[data-reel]");
  if (button) step(cardOf(button), Number(button.dataset.reel));
}

const answers = { pointermove: move, pointerover: hover, pointerdown: press, pointerup: lift, pointercancel: lift };

/* What happened until this script was there counts too. */
export function start(missed) {
  for (const [kind, answer] of Object.entries(answers)) document.addEventListener(kind, answer, { passive: true });
  document.addEventListener("keydown", key, { capture: true });
  document.addEventListener("click", pressButton);
  for (const event of missed) ({ ...answers, keydown: key, click: pressButton })[event.type]?.(event);
}
