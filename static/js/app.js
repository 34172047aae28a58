/* What every page needs: times, dialogs, toasts, menus, keys. Everything works without it, only plainer. */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* ---- relative times -------------------------------------------------- */

const WORDS = JSON.parse(document.documentElement.dataset.words);
const [NOW, ...STEPS] = WORDS.ago;
const UNITS = [[3600, 60], [86400, 3600], [86400 * 60, 86400]].map((unit, at) => [...unit, STEPS[at]]);

function ago(date, now = Date.now()) {
  const seconds = Math.max(0, (now - date) / 1000);
  if (seconds < 45) return NOW;
  const unit = UNITS.find(([limit]) => seconds < limit);
  return unit ? unit[2].replace("{n}", Math.max(1, Math.round(seconds / unit[1]))).replaceAll(" ", "\u00a0") : null;
}

function tellTimes(root = document) {
  for (const time of $$("time[data-ago]", root)) {
    const date = new Date(time.dateTime);
    time.title ||= date.toLocaleString();
    time.textContent = ago(date) ?? time.textContent;
  }
}

/* ---- toasts ---------------------------------------------------------- */

const TOAST_MS = 6000;

/* Counts only while nobody points at it or has the focus in it, so that Undo can be reached. */
function watchToast(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), TOAST_MS); };
  const stop = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stop);
  for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, start);
  start();
}

export function toast(text, undo) {
  const line = document.createElement("p");
  line.className = "toast";
  line.append(text);
  if (undo) {
    const back = button(WORDS.undo, "", "");
    back.className = "";
    back.type = "button";
    back.addEventListener("click", () => {
      line.remove();
      window.htmx?.ajax("POST", undo, { target: "#toasts", swap: "none" });
    });
    line.append(back);
  }
  $("#toasts")?.append(line);
}

/* ---- dialogs --------------------------------------------------------- */

const dialog = $("#dialog");

function openDialog() {
  if (!dialog || dialog.open) return;
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.showModal();
}

function closeDialog() {
  if (dialog?.open) dialog.close();
}
addEventListener("pagehide", closeDialog); // so that Back does not come to an open one

dialog?.addEventListener("close", () => dialog.replaceChildren());
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) closeDialog();
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    closeDialog();
  }
});

/* A confirmation that names the thing; the words come from `hx-confirm` or `data-confirm`. */
function ask(words) {
  return new Promise((resolve) => {
    const box = document.createElement("dialog");
    box.className = "dialog";
    box.setAttribute("aria-label", words);
    const body = document.createElement("form");
    body.method = "dialog";
    body.className = "dialog-body";
    const line = document.createElement("p");
    line.textContent = words;
    const row = document.createElement("div");
    row.className = "actions";
    row.append(button(WORDS.yes, "yes", "danger"), button(WORDS.no, "no", ""));
    body.append(line, row);
    box.append(body);
    box.addEventListener("close", () => { resolve(box.returnValue === "yes"); box.remove(); });
    document.body.append(box);
    box.showModal();
  });
}

function button(label, value, kind) {
  const made = document.createElement("button");
  made.className = `button ${kind}`;
  made.value = value;
  made.textContent = label;
  return made;
}

document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!ctx.confirm) return;
  event.preventDefault();
  ask(ctx.confirm).then((yes) => (yes ? issueRequest() : dropRequest()));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const words = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!words || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(words).then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  });
}, true);

/* ---- htmx ------------------------------------------------------------ */

document.addEventListener("htmx:after:swap", () => {
  tellTimes();
  dress();
  if (dialog?.childElementCount) openDialog();
});
document.addEventListener("pinboard:close", closeDialog);
document.addEventListener("pinboard:toast", ({ detail }) => { closeDialog(); toast(detail.text, detail.undo); });
document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 422 || status === 409) return;
  toast(status >= 500 ? WORDS.failed : WORDS.gone);
});
document.addEventListener("htmx:error", () => toast(WORDS.unreachable));

/* ---- small things ---------------------------------------------------- */

new MutationObserver((records) => {
  for (const record of records) for (const node of record.addedNodes) if (node.nodeType === 1) watchToast(node);
}).observe($("#toasts") ?? document.createElement("div"), { childList: true });

document.addEventListener("click", (event) => {
  for (const menu of $$("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

/* Printing and copying need a script, so their controls appear with it. */
function dress() {
  for (const control of $$("[data-print]")) control.hidden = false;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const secret = event.target.closest("[data-copy], [data-select]");
  if (!secret) return;
  secret.select();
  navigator.clipboard?.writeText(secret.value).then(() => toast(WORDS.copied), () => {});
});

function tellConnection() {
  for (const line of $$("[data-offline]")) line.hidden = navigator.onLine;
}
addEventListener("online", tellConnection);
addEventListener("offline", tellConnection);

/* ---- keys ------------------------------------------------------------ */

const PLACES = { h: "/", b: "/boards", i: "/inbox" };
let leader = -Infinity; // when g was pressed; never, on a new page

const isTyping = (node) => node.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function press(key) {
  const root = dialog?.open ? dialog : document;
  const near = document.activeElement.closest(".card"); // the keys of a card are those of the card in focus
  const found = $$(`[aria-keyshortcuts~="${CSS.escape(key)}"]`, root)
    .filter((node) => [null, near].includes(node.closest(".card"))
      && (node.checkVisibility() || node.closest("details[data-menu]:not([open])")?.checkVisibility()));
  const target = found.find((node) => near?.contains(node)) ?? found[0];
  if (!target) return false;
  if (target.matches("input, textarea")) target.focus();
  else target.click();
  return true;
}

/* Arrows go to the nearest card in that direction, by where it is on the screen. */
function nextCard(link, key) {
  const from = link.getBoundingClientRect();
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const along = key === "ArrowLeft" || key === "ArrowRight" ? "left" : "top";
  const across = along === "left" ? "top" : "left";
  let best = null;
  let least = Infinity;
  for (const other of $$("pin-grid > .card > a")) {
    const box = other.getBoundingClientRect();
    const forward = (box[along] - from[along]) * sign;
    const cost = forward + 3 * Math.abs(box[across] - from[across]);
    if (forward > 1 && cost < least) { least = cost; best = other; }
  }
  best?.focus();
  return Boolean(best);
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.form?.requestSubmit();
    return;
  }
  if (event.key === "Escape") {
    for (const menu of $$("details[data-menu][open]")) { menu.open = false; $("summary", menu).focus(); }
    if (isTyping(event.target)) event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.body.dataset.keys === "off") return;
  if (act(event)) event.preventDefault();
}

function act({ key, target, timeStamp }) {
  if (key.startsWith("Arrow")) return target.matches?.("pin-grid > .card > a") && nextCard(target, key);
  if (key === "g") { leader = timeStamp; return true; }
  if (timeStamp - leader < 1200 && PLACES[key]) { location.href = PLACES[key]; return true; }
  if (key === "/") { ($("[data-search]"))?.focus(); return true; }
  if (key === "?") { window.htmx?.ajax("GET", "/help/shortcuts", { target: "#dialog", swap: "innerHTML" }); return true; }
  return key.length === 1 && key !== " " ? press(key) : false;
}

document.addEventListener("keydown", onKey);
tellTimes();
tellConnection();
dress();
setInterval(tellTimes, 60_000);
navigator.serviceWorker?.register("/sw.js").catch(() => {});
