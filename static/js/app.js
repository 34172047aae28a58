/* What every page needs: times, dialogs, toasts, menus. Everything works without it, only plainer. */

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* ---- relative times -------------------------------------------------- */

export const WORDS = JSON.parse(document.documentElement.dataset.words);
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
  const { text, response: { status, headers } } = event.detail.ctx;
  if (status === 422 || status === 409 || headers.has("HX-Redirect")) return;
  if (status === 401 || status === 403) { import("./signed-in.js").then(({ tell }) => tell(text), () => {}); return; }
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

/* ---- what is loaded when it is wanted -------------------------------- */

export const CASES = "pin-grid > .card > a, #hits a.stretch"; // what leads to a case, on a wall and in a search
export const isTyping = (node) => node.closest?.("input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]");
export const isPalette = (event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && $("[data-palette]");

/* The script of the keys comes with the first press that is not typing, and answers for all that came before it. */
let pressed = [];
function press(event) {
  const { key, target, ctrlKey, metaKey } = event;
  // Whoever answered already is not asked twice: Enter confirms an image.
  if (event.defaultPrevented || (isTyping(target) && !ctrlKey && !metaKey && key !== "Escape")) return;
  if (isPalette(event) || (isBare(event) && (key === "/" || (key.startsWith("Arrow") && target.matches("pin-grid a"))))) event.preventDefault();
  if (pressed.push(event) > 1) return;
  import("./keys.js").then(({ start }) => {
    removeEventListener("keydown", hold, true);
    removeEventListener("keydown", press);
    start(pressed);
  }, () => { pressed = []; });
}

/* Until then nobody else hears the next ones: they may be words for the field that the first leads to, and none overtakes it. */
function hold(event) {
  const isWord = isTyping(event.target) ? pressed.some(isPalette)
    : (isBare(event) && event.key !== "Tab") || pressed.some((one) => one.defaultPrevented);
  if (!isWord || !pressed.some((one) => one.key.length === 1)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed.push(event);
}

const isBare = ({ ctrlKey, metaKey, altKey }) => !ctrlKey && !metaKey && !altKey && document.body.dataset.keys !== "off";
addEventListener("keydown", hold, true);
addEventListener("keydown", press);

/* Files that come over a wall, or are pasted there, begin a new case; a picture dragged out of a page is none. */
for (const kind of ["dragenter", "paste"]) addEventListener(kind, ({ dataTransfer, clipboardData }) => {
  const types = (dataTransfer ?? clipboardData)?.types ?? [];
  if (!types.includes("Files") || (dataTransfer && types.includes("text/html")) || !$("[data-drop-target]")) return;
  const files = [...clipboardData?.files ?? []];
  import("./upload/elsewhere.js").then(({ come }) => come(files), () => {});
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-search]")) import("./search.js").then(({ offer }) => offer(target), () => {});
});

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    import("./palette.js").then(({ open }) => open()).catch(() => toast(WORDS.unreachable));
  }
  // From the case that is opened here, keys lead on to its neighbours.
  const wall = target.closest('a[href^="/c/"]')?.closest("pin-grid, #hits");
  if (wall) sessionStorage.wall = JSON.stringify({ at: location.href, key: window.navigation?.currentEntry.key, cases: $$(CASES, wall).map((link) => link.pathname) });
});
addEventListener("pageshow", () => { if (sessionStorage.back) import("./keys.js").then(({ arrive }) => arrive(), () => {}); });

tellTimes();
tellConnection();
dress();
setInterval(tellTimes, 60_000);
navigator.serviceWorker?.register("/sw.js").catch(() => {});
