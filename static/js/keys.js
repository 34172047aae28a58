/* Keys: those of what a page offers (its aria-keyshortcuts), of places, and those that lead from case to case.
 *
 * Loaded by app.js with the first press that is not typing. `pinboard/web/keys.py` has the list that people read.
 */

import { $, $$, CASES, WORDS, isPalette, isTyping, toast } from "./app.js";

const CARD = "pin-grid > .card > a";
const PLACES = { h: "/", b: "/boards", i: "/inbox" };
const STEPS = { j: 1, k: -1 };
const SOON = 1200;
const MORE = "a#more, #more a"; // what leads to the next page of a wall or a search
const BAR = 80; // what lies higher is under the bar above every page

let leader = -Infinity; // when g was pressed; never, on a new page
let waiting = null; // presses that wait until the palette or a dialog is there
let dialog = null; // the request that brings the dialog they wait for
let ahead = 0; // steps that wait for the next page of a wall

export function start(presses) {
  addEventListener("keydown", hold, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:before:request", awaitDialog);
  replay(presses);
}

/* Between Ctrl+K and the palette nobody else hears a key, because it is a word for it. */
function hold(event) {
  if (!waiting || (dialog && isTyping(event.target))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Enter, pressed again on what opens a dialog, is impatience and no answer to what the dialog will ask.
  if (!dialog || (event.key !== "Enter" && event.key !== " ")) waiting.push(event);
}

/* What is typed while a dialog is on its way is for the dialog, and does nothing to the page below. */
function awaitDialog({ detail: { ctx } }) {
  if (waiting || ctx.target?.id !== "dialog") return;
  waiting = [];
  dialog = ctx;
  const arrived = ({ detail }) => {
    if (detail.ctx !== ctx) return;
    document.removeEventListener("htmx:finally:request", arrived);
    release();
  };
  document.addEventListener("htmx:finally:request", arrived);
}

function release() {
  const presses = waiting;
  waiting = dialog = null;
  replay(presses);
}

/* What was held is pressed anew, for whoever listens. Where one press led into a field, the next are words for it. */
function replay(presses) {
  for (const press of presses) {
    const field = document.activeElement;
    if (waiting) waiting.push(press);
    else if (isTyping(field) && field !== press.target) write(field, press);
    else if (press.defaultPrevented) again(press);
    else onKey(press);
  }
}

function again(press) {
  const { key } = press;
  const target = document.activeElement;
  const isFree = target.dispatchEvent(new KeyboardEvent("keydown", press));
  if (isFree && (key === "Enter" || key === " ") && target.matches("a, button, summary")) target.click();
}

function write(field, press) {
  const { key, ctrlKey, metaKey } = press;
  if (key.length === 1 && !ctrlKey && !metaKey) {
    field.setRangeText?.(key, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return;
  }
  const isFree = field.dispatchEvent(new KeyboardEvent("keydown", press));
  if (isFree && key === "Enter" && field.localName === "input") field.form?.requestSubmit();
  if (isFree && key === "Escape") field.closest("dialog")?.close();
}

function onKey(event) {
  const { key, target } = event;
  if (isPalette(event)) {
    event.preventDefault();
    openPalette();
  } else if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    target.form?.requestSubmit();
  } else if (key === "Escape") leave(target);
  else if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target) || document.body.dataset.keys === "off") return;
  else if (act(event)) event.preventDefault();
}

function leave(target) {
  for (const menu of $$("details[data-menu][open]")) {
    menu.open = false;
    $("summary", menu).focus();
  }
  if (isTyping(target)) target.blur();
}

async function openPalette() {
  waiting = [];
  try {
    const { open } = await import("./palette.js");
    await open();
  } catch {
    toast(WORDS.unreachable);
  }
  release();
}

function act({ key, target, timeStamp }) {
  if (key.startsWith("Arrow")) return target.matches?.(CARD) && nextCard(target, key);
  const isPlace = timeStamp - leader < SOON && key in PLACES;
  leader = key === "g" ? timeStamp : -Infinity;
  if (isPlace) return follow($(`.topbar a[href="${PLACES[key]}"]`));
  if (key === "/") return goToSearch();
  if (key === "?") return showKeys();
  if (key.length !== 1 || key === " ") return false;
  return key === "g" || press(key) || step(key);
}

function follow(link) {
  if (link) location.href = link.href;
  return Boolean(link);
}

function goToSearch() {
  $("[data-search]")?.focus();
  return Boolean($("[data-search]"));
}

/* Whoever holds a link of a case has no help page, and so no list. */
function showKeys() {
  if (!$('a[href="/help"]')) return false;
  window.htmx?.ajax("GET", `/help/shortcuts?at=${encodeURIComponent(location.pathname)}`, { target: "#dialog", swap: "innerHTML" });
  return true;
}

/* ---- what the page offers -------------------------------------------- */

/* Give the controls that have a key and can be used now; those of a card are those of the card in focus. */
export function offered() {
  const near = document.activeElement.closest(".card");
  const root = $("dialog[open]") ?? document;
  const found = $$("[aria-keyshortcuts]", root).filter((node) => !node.disabled
    && [null, near].includes(node.closest(".card"))
    && (node.checkVisibility() || node.closest("details[data-menu]:not([open])")?.checkVisibility()));
  return near ? found.sort((one, other) => near.contains(other) - near.contains(one)) : found;
}

export function use(node) {
  if (node.matches("input, textarea, select")) node.focus();
  else node.click();
}

function press(key) {
  const target = offered().find((node) => node.matches(`[aria-keyshortcuts~="${CSS.escape(key)}"]`));
  if (target) use(target);
  return Boolean(target);
}

/* ---- from case to case ----------------------------------------------- */

function step(key) {
  if ($("dialog[open]")) return false;
  const cards = $$(CASES);
  if ($(".casepage")) return key === "u" ? back() : key in STEPS && nextCase(STEPS[key]);
  return key in STEPS && cards.length > 0 && focusNext(cards, STEPS[key]);
}

/* Said seldom, so its words come with those of the palette. */
function tell(which) {
  import("./palette.js").then(({ commands }) => commands()).then(({ dataset }) => toast(dataset[which]), () => toast(WORDS.unreachable));
  return true;
}

/* Without a card in focus the first one that is seen is the next. */
function focusNext(cards, way) {
  const near = document.activeElement.closest(".card, #hits > li");
  const at = cards.findIndex((card) => near?.contains(card));
  const next = at < 0 ? cards.find((card) => card.getBoundingClientRect().bottom > BAR) : cards[at + way];
  if (!next) return (way > 0 && further(cards)) || tell(way > 0 ? "last" : "first");
  next.focus();
  return true;
}

/* The card after the last one comes with the next page, by the link that scrolling uses too; what is pressed
   meanwhile counts, and whoever went elsewhere stays there. */
function further(cards) {
  const more = $(MORE);
  if (!more?.hasAttribute("hx-get")) return follow(more);
  ahead += 1;
  if (ahead > 1) return true;
  const from = document.activeElement;
  const arrived = ({ detail: { ctx: { sourceElement } } }) => {
    // What took its place answers for it, and another request says nothing of it.
    if (more.isConnected ? sourceElement !== more : sourceElement.id !== "more") return;
    document.removeEventListener("htmx:finally:request", arrived);
    const fresh = $$(CASES).filter((card) => !cards.includes(card));
    if (document.activeElement === from) fresh[Math.min(ahead, fresh.length) - 1]?.focus();
    ahead = 0;
  };
  document.addEventListener("htmx:finally:request", arrived);
  if (!more.classList.contains("htmx-request")) more.click();
  return true;
}

/* The wall or search that a case was opened from last, if this case is on it. */
function around() {
  const wall = JSON.parse(sessionStorage.wall ?? "null");
  const [here] = location.pathname.match(/^\/c\/[^/]+/);
  const place = wall?.cases.indexOf(here) ?? -1;
  return place < 0 ? null : { ...wall, place };
}

function nextCase(way) {
  const wall = around();
  if (!wall) return tell("astray");
  const next = wall.cases[wall.place + way];
  if (!next && way > 0 && wall.more !== null) return turnPage(wall);
  if (!next) return tell(way > 0 ? "last" : "first");
  location.href = next;
  return true;
}

/* The case after the last one of the wall that was loaded stands on its next page; the wall is longer then, also for
   who goes back to it, and what the browser kept of it is too short. */
function turnPage(wall) {
  ahead += 1;
  if (ahead > 1) return true;
  longer(wall).then((path) => {
    if (path) location.href = path;
    else tell("last");
  }, () => toast(WORDS.unreachable)).finally(() => { ahead = 0; });
  return true;
}

async function longer({ at, cases, more, place, key, ...wall }) {
  const { fragment } = await import("./combobox.js");
  const read = async (address) => document.createRange().createContextualFragment(await fragment(address));
  const address = new URL(at);
  let next = more;
  if (next === undefined) next = $(MORE, await read(at))?.getAttribute("hx-get") ?? null;
  let fresh = [];
  while (next && !fresh.length) {
    const part = await read(next);
    next = $(MORE, part)?.getAttribute("hx-get") ?? null;
    fresh = $$(".card > a, a.stretch", part).map(({ pathname }) => pathname).filter((path) => !cases.includes(path));
    if ($(".card", part)) address.searchParams.set("pages", 1 + (Number(address.searchParams.get("pages")) || 1));
  }
  sessionStorage.wall = JSON.stringify({ ...wall, at: fresh.length ? address.href : at, cases: [...cases, ...fresh], more: next });
  return fresh[0];
}

/* The browser's own way back keeps the wall; where that is gone, its address is opened anew. */
function back() {
  const wall = around();
  if (!wall) return tell("astray");
  const isKept = window.navigation?.entries().some(({ key }) => key === wall.key);
  sessionStorage.back = JSON.stringify({ at: wall.at, path: wall.cases[wall.place] });
  if (isKept) navigation.traverseTo(wall.key);
  else location.href = wall.at;
  return true;
}

/* Put the focus on the card of the case that was left; the browser puts the wall where it was. */
export function arrive() {
  const { at, path } = JSON.parse(sessionStorage.back);
  sessionStorage.removeItem("back");
  const card = at === location.href && $$(CASES).find(({ pathname }) => pathname === path);
  if (!card) return;
  const { top, bottom } = card.getBoundingClientRect();
  card.focus({ preventScroll: top < innerHeight && bottom > BAR, focusVisible: true });
}

/* Arrows go to the nearest card in that direction, by where it is on the screen. */
function nextCard(link, key) {
  const from = link.getBoundingClientRect();
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const along = key === "ArrowLeft" || key === "ArrowRight" ? "left" : "top";
  const across = along === "left" ? "top" : "left";
  let best = null;
  let least = Infinity;
  for (const other of $$(CARD)) {
    const box = other.getBoundingClientRect();
    const forward = (box[along] - from[along]) * sign;
    const cost = forward + 3 * Math.abs(box[across] - from[across]);
    if (forward > 1 && cost < least) { least = cost; best = other; }
  }
  best?.focus();
  return Boolean(best);
}
