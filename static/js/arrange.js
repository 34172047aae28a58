/* Arranging a board: tiles are dragged with a mouse, a pen or a finger that rests on them first, chosen with x and
 * Shift+x, and everything is said aloud. Without this the buttons of the page do the same. */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const REST_MS = 350; // a finger that rests this long lifts; one that moves sooner scrolls
const MOVED = 6;
const EDGE = 72;

const news = $("#arrange-news");
const list = () => $("#arranged");
const titleOf = (tile) => $(".tile-pick span", tile).textContent;
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

function say(name, values = {}) {
  news.textContent = fill(news.dataset[name], values);
}

function place(tile) {
  const shelf = tile.closest(".shelf");
  const tiles = $$(".tile", shelf);
  const section = $("h2", shelf)?.textContent ?? news.dataset.top;
  return { title: titleOf(tile), n: tiles.indexOf(tile) + 1, all: tiles.length, section };
}

/* ---- choosing -------------------------------------------------------- */

let last = null;

function dress() {
  document.body.classList.add("is-enhanced");
  list().classList.toggle("is-arranged", Boolean(list().dataset.order));
  count();
}

function count() {
  const bar = $("#arrange");
  const chosen = $$(".tile input:checked").length;
  const line = $(".bulk-count", bar);
  line.dataset.none ??= line.textContent;
  bar.classList.toggle("has-chosen", chosen > 0);
  line.textContent = chosen ? fill(line.dataset.count, { n: chosen }) : line.dataset.none;
  return chosen;
}

function choose(tile, isRange) {
  const tiles = $$(".tile");
  const box = $("input", tile);
  const from = isRange && last ? tiles.indexOf(tiles.find((one) => one.dataset.pin === last)) : -1;
  if (from >= 0) {
    const to = tiles.indexOf(tile);
    for (const one of tiles.slice(Math.min(from, to), Math.max(from, to) + 1)) $("input", one).checked = true;
  } else {
    box.checked = !box.checked;
  }
  last = tile.dataset.pin;
  say("chosen", { n: count() });
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".tile input")) return;
  last = event.target.value;
  count();
});
document.addEventListener("click", (event) => {
  const pick = event.target.closest(".tile-pick");
  if (!pick || !event.shiftKey || !last) return;
  event.preventDefault();
  choose(pick.closest(".tile"), true);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
  const tile = event.target.closest?.(".tile");
  if (!tile || event.key.toLowerCase() !== "x") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  choose(tile, event.shiftKey);
}, true);

/* ---- dragging -------------------------------------------------------- */

let drag = null;

function lift() {
  const { tile } = drag;
  const picture = $("img", tile);
  drag.ghost = document.createElement("div");
  drag.ghost.className = "ghost";
  if (picture) drag.ghost.append(picture.cloneNode());
  document.body.append(drag.ghost);
  document.body.classList.add("is-dragging");
  const chosen = $$(".tile:has(input:checked)");
  drag.tiles = chosen.includes(tile) ? chosen : [tile];
  for (const one of drag.tiles) one.classList.add("is-lifted");
  drag.isLifted = true;
  say("lifted", { title: titleOf(tile) });
  follow();
  scroll();
}

function follow() {
  drag.ghost.style.transform = `translate(${drag.x - 60}px, ${drag.y - 45}px)`;
  const under = document.elementFromPoint(drag.x, drag.y);
  const tile = under?.closest(".tile");
  const shelf = under?.closest(".shelf");
  mark(null, null);
  if (tile && !drag.tiles.includes(tile)) {
    const box = tile.getBoundingClientRect();
    const isFirstHalf = drag.x < box.left + box.width / 2;
    const isRtl = getComputedStyle(tile).direction === "rtl";
    mark(tile, isFirstHalf === isRtl ? "after" : "before");
  } else if (shelf && !tile) {
    mark(shelf, "into");
  }
}

function mark(target, side) {
  drag.target?.classList.remove("is-target");
  drag.target?.removeAttribute("data-drop");
  drag.target = target;
  drag.side = side;
  if (side === "into") target.classList.add("is-target");
  else target?.setAttribute("data-drop", side);
}

/* Near an edge of the window the page comes to meet the hand. */
function scroll() {
  if (!drag?.isLifted) return;
  const speed = drag.y < EDGE ? drag.y - EDGE : drag.y > innerHeight - EDGE ? drag.y - innerHeight + EDGE : 0;
  if (speed) { scrollBy(0, speed / 4); follow(); }
  requestAnimationFrame(scroll);
}

function end() {
  clearTimeout(drag.timer);
  drag.ghost?.remove();
  document.body.classList.remove("is-dragging");
  for (const tile of drag.tiles ?? []) tile.classList.remove("is-lifted");
  mark(null, null);
  drag = null;
}

function drop() {
  const { target, side, tiles, tile } = drag;
  end();
  if (!target) { say("back", { title: titleOf(tile) }); return; }
  const homes = tiles.map((one) => [one, one.parentNode, one.nextSibling]);
  const sent = new FormData();
  for (const one of tiles) sent.append("pin", one.dataset.pin);
  sent.append("section", target.closest(".shelf").dataset.section);
  if (side === "into") {
    $(".tiles", target).prepend(...tiles);
    $(".shelf-empty", target)?.remove();
  } else {
    sent.append(side, target.dataset.pin);
    target[side](...tiles);
  }
  say("dropped", place(tile));
  send(sent, () => homes.reverse().forEach(([one, home, next]) => home.insertBefore(one, next)));
}

/* One request for all that was dropped. What the server refuses goes back, and its own list is shown instead. */
async function send(body, undo) {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", ...JSON.parse(document.body.getAttribute("hx-headers:inherited")) };
  try {
    const answer = await fetch(list().dataset.order, { method: "POST", body, headers, redirect: "error" });
    if (answer.status === 204) {
      // htmx hears this header by itself; what is fetched here has to be told.
      const said = answer.headers.get("HX-Trigger");
      if (said) document.body.dispatchEvent(new CustomEvent("pinboard:toast", { detail: JSON.parse(said)["pinboard:toast"], bubbles: true }));
      return;
    }
    undo();
    if (answer.status === 409) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#arranged");
      list().replaceWith(fresh);
      window.htmx?.process(fresh);
      dress();
      return;
    }
    say("failed");
  } catch {
    undo();
    say("failed");
  }
}

document.addEventListener("pointerdown", (event) => {
  const plate = event.target.closest(".is-arranged .tile > .plate");
  if (!plate || event.button !== 0 || drag) return;
  drag = { tile: plate.parentNode, id: event.pointerId, x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY] };
  if (event.pointerType === "touch") drag.timer = setTimeout(lift, REST_MS);
  else event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  [drag.x, drag.y] = [event.clientX, event.clientY];
  if (drag.isLifted) { follow(); return; }
  if (Math.hypot(drag.x - drag.from[0], drag.y - drag.from[1]) < MOVED) return;
  if (event.pointerType === "touch") end();
  else lift();
});
document.addEventListener("pointerup", (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  if (drag.isLifted) drop();
  else end();
});
document.addEventListener("pointercancel", () => { if (drag) end(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  const title = titleOf(drag.tile);
  end();
  say("back", { title });
});
/* A lifted tile takes the finger's way; otherwise the page scrolls under it. */
document.addEventListener("touchmove", (event) => { if (drag?.isLifted) event.preventDefault(); }, { passive: false });
document.addEventListener("contextmenu", (event) => { if (drag) event.preventDefault(); });

/* ---- after a change -------------------------------------------------- */

let focused = null;

document.addEventListener("htmx:before:request", (event) => {
  const active = document.activeElement?.closest?.(".tile");
  focused = event.target.id === "arrange" && active ? active.dataset.pin : null;
});
document.addEventListener("htmx:after:swap", () => {
  dress();
  if (!focused) return;
  const tile = document.getElementById(`t-${focused}`);
  focused = null;
  if (!tile) return;
  ($("summary", tile) ?? $("input", tile)).focus();
  say("dropped", place(tile));
});
dress();
