/* The palette: what the page offers, pages, boards and cases, found by their names. Loaded with Ctrl+K or its link. */

import { $, $$ } from "./app.js";
import { Combobox, fragment, loadLook } from "./combobox.js";
import { offered, use } from "./keys.js";

const WAIT = 150;
const MOST = 8; // of one group, once somebody wrote what is wanted

/* Words without accents and capitals, so that “medico” finds “Médico”. */
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
const tidy = (words) => words.replace(/\s+/g, " ").trim();

class Palette {
  constructor(commands) {
    this.words = commands.dataset;
    this.places = $$("section", commands).map((section) => ({
      title: $("h2", section).textContent,
      commands: $$("a", section).map(({ textContent, href, dataset }) => ({ label: textContent, href, stroke: dataset.stroke })),
    }));
    this.places[0].commands.push(...$$(".usermenu form").map((form) => (
      { label: tidy($("button", form).textContent), act: () => form.requestSubmit() })));
    this.build();
  }

  build() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "dialog palette";
    this.dialog.setAttribute("aria-label", this.words.find);
    this.input = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off", spellcheck: false, placeholder: this.words.find });
    this.input.setAttribute("aria-label", this.words.find);
    const list = Object.assign(document.createElement("div"), { id: "palette", className: "palette-list" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.words.find);
    this.none = document.createElement("p");
    this.none.className = "palette-none";
    this.none.setAttribute("role", "status");
    this.dialog.append(this.input, list, this.none);
    document.body.append(this.dialog);
    this.box = new Combobox({ input: this.input, list, pick: (option) => this.pick(this.shown[option.dataset.at]) });
    this.input.addEventListener("input", () => this.typed());
    this.dialog.addEventListener("click", ({ target }) => { if (target === this.dialog) this.dialog.close(); });
  }

  /* What the page offers is another thing each time; what stands above every page is among the places. */
  open() {
    const here = offered().filter((node) => nameOf(node) && !node.closest(".topbar")).map((node) => (
      { label: nameOf(node), stroke: node.getAttribute("aria-keyshortcuts").split(" ")[0], act: () => use(node) }));
    this.groups = [{ title: this.words.here, commands: here }, ...this.places];
    this.input.value = "";
    this.dialog.showModal();
    this.show();
  }

  typed() {
    this.show();
    clearTimeout(this.timer);
    if (this.words.search && plain(this.input.value).length > 1) this.timer = setTimeout(() => this.ask(), WAIT);
  }

  /* What the search suggests stands below, so that nothing moves under a hand. */
  async ask() {
    const { value } = this.input;
    const answer = await fragment(`/search/suggest?q=${encodeURIComponent(value)}`).catch(() => "");
    if (value !== this.input.value || !this.dialog.open) return;
    const part = document.createRange().createContextualFragment(answer);
    const found = $$("[role=option]", part).map(({ firstElementChild, lastElementChild, dataset }) => ({
      label: firstElementChild.textContent, kind: lastElementChild.textContent, href: dataset.href ?? searchFor(dataset.text),
    }));
    this.show(found, Math.max(this.box.at, 0));
  }

  show(found = [], at = 0) {
    const words = plain(this.input.value).split(/\s+/);
    const isMeant = ({ label }) => words.every((word) => plain(label).includes(word));
    const groups = this.groups.map(({ title, commands }) => ({ title, commands: sorted(commands.filter(isMeant), words[0]) }));
    groups.push({ title: "", commands: this.search() }, { title: this.words.found, commands: found });
    this.shown = groups.flatMap(({ commands }) => commands);
    let number = 0;
    this.box.list.replaceChildren(...groups.filter(({ commands }) => commands.length).map(({ title, commands }, group) => {
      const options = commands.map((command) => option(command, number++));
      return title ? titled(title, options, `palette-group-${group}`) : options[0];
    }));
    this.none.textContent = this.shown.length ? "" : this.words.none;
    this.box.open(at);
  }

  search() {
    const words = this.input.value.trim();
    if (!words || !this.words.search) return [];
    return [{ label: this.words.search.replace("{words}", words), href: searchFor(words) }];
  }

  pick({ href, act }) {
    this.dialog.close();
    if (href) location.href = href;
    else act();
  }
}

const searchFor = (words) => `/search?q=${encodeURIComponent(words)}`;

/* What begins with the words before what only holds them. */
function sorted(commands, word) {
  if (!word) return commands;
  const begins = ({ label }) => plain(label).startsWith(word);
  return [...commands.filter(begins), ...commands.filter((one) => !begins(one))].slice(0, MOST);
}

/* A window, a field or a button, by what a screen reader calls it. */
function nameOf(node) {
  const text = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? (node.matches("select") ? "" : node.textContent);
  return tidy(text);
}

function option({ label, kind, stroke }, at) {
  const made = document.createElement("div");
  Object.assign(made, { id: `palette-${at}`, className: "suggestion" });
  made.setAttribute("role", "option");
  made.dataset.at = at;
  const name = document.createElement("span");
  name.textContent = label;
  made.append(name);
  if (kind) made.append(Object.assign(document.createElement("span"), { className: "meta", textContent: kind }));
  if (stroke) made.append(keyCap(stroke));
  return made;
}

function keyCap(stroke) {
  const cap = document.createElement("kbd");
  cap.setAttribute("aria-hidden", "true");
  cap.textContent = stroke;
  return cap;
}

function titled(title, options, id) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", id);
  const head = Object.assign(document.createElement("p"), { id, className: "palette-head", textContent: title });
  head.setAttribute("role", "presentation");
  group.append(head, ...options);
  return group;
}

let asked = null;
let palette = null;

/* Give what the server knows of commands and their words, asked for once. */
export function commands() {
  asked ??= fragment("/help/commands").then((answer) => $(".commands", document.createRange().createContextualFragment(answer)));
  asked.catch(() => { asked = null; });
  return asked;
}

/* Opens it, or closes it where it is open; another dialog keeps the screen to itself. */
export async function open() {
  if (palette?.dialog.open) palette.dialog.close();
  else if (!$("dialog[open]")) {
    const [found] = await Promise.all([commands(), loadLook()]);
    palette ??= new Palette(found);
    palette.open();
  }
}
