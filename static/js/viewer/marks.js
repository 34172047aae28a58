/* Marks of a case. The list on the page says which there are; this lays those of a frame over it, lets its readers draw,
 * and lets the words and the marks find each other: what is pressed in the one is shown in the other. */

import { MarkBar } from "./marks/bar.js";
import { drawing } from "./marks/drawing.js";
import { Handles } from "./marks/handles.js";
import { hold } from "./marks/hands.js";
import { Layer } from "./marks/layer.js";
import { inTheMiddle } from "./marks/shapes.js";

const SAVE_MS = 600; // after the last key

export function install(viewer) {
  return document.querySelector("#marks") ? new Marks(viewer) : null;
}

/* Which mark was pressed last; it outlives a viewer, because another series brings its own. */
let chosen = new URLSearchParams(location.search).get("mark");

class Marks {
  constructor(viewer) {
    Object.assign(this, { viewer, isShown: true, marks: [], stopper: new AbortController() });
    this.words = JSON.parse(this.list.dataset.words);
    if (this.canDraw) Object.assign(viewer.tools, drawing(this));
    this.layer = new Layer(viewer.stage, this.words);
    this.handles = new Handles(this);
    this.bar = new MarkBar(this);
    viewer.addLayer({ draw: () => this.draw() });
    this.on(viewer, "frame", () => this.draw());
    this.on(document, "htmx:after:swap", () => this.read());
    this.on(document, "click", (event) => this.press(event));
    this.on(document, "keydown", (event) => this.key(event));
    this.on(document.querySelector("#dialog"), "close", () => this.sketch(null));
    hold(this);
    this.read();
    if (this.chosen) this.go(chosen);
  }

  on(where, name, act) {
    const alive = (event) => (this.viewer.isConnected ? act(event) : this.stopper.abort());
    where?.addEventListener(name, alive, { signal: this.stopper.signal });
  }

  get list() { return document.querySelector("#marks"); }
  get address() { return `${this.list.dataset.case}/marks`; }
  get canDraw() { return "mayMark" in this.list.dataset; }
  get chosen() { return this.marks.find(({ id }) => id === chosen); }

  /* The frame that is seen, which is not the one that is awaited. */
  get here() { return this.viewer.series.frames[this.viewer.entry?.frame ?? this.viewer.frame]; }

  line(mark) { return mark && document.getElementById(`m-${mark.id}`); }

  /* The list is the only place that knows; whoever changes a mark gets a new one. */
  read() {
    const { list } = this;
    if (!list || this.known === list) return;
    this.known = list;
    this.marks = [...list.querySelectorAll("[data-mark]")].map(({ dataset }) => ({
      ...dataset, id: dataset.mark, frame: Number(dataset.frame), points: JSON.parse(dataset.points), isOwn: "own" in dataset,
    }));
    for (const button of list.querySelectorAll("[data-needs-script]")) button.hidden = false;
    if (list.dataset.drawn) chosen = list.dataset.drawn;
    this.sketch(null);
    this.draw();
    this.tell();
    if (this.isByKey && list.dataset.drawn) this.layer.focus(chosen);
    this.isByKey = false;
  }

  get seen() {
    const { media, frame } = this.here;
    return this.isShown ? this.marks.filter((mark) => mark.media === media && mark.frame === frame) : [];
  }

  draw() {
    this.layer.draw(this.seen, this.lying);
    this.handles.draw();
    this.bar.tell();
  }

  sketch(mark) { this.layer.sketch(mark, this.lying); }

  get lying() {
    const { viewer, here } = this;
    return { toScreen: (x, y) => viewer.toScreen(x, y), view: here.view, atTheDetector: viewer.words.detector, chosen };
  }

  /* Where in the frame a pointer is. */
  at({ clientX, clientY }) {
    const { left, top } = this.viewer.stage.getBoundingClientRect();
    return this.viewer.toImage(clientX - left, clientY - top);
  }

  toggle(isShown = !this.isShown) {
    this.isShown = isShown;
    this.draw();
  }

  key({ key, target, ctrlKey, metaKey, altKey }) {
    if (key !== "m" || ctrlKey || metaKey || altKey || document.body.dataset.keys === "off") return;
    if (target.closest?.("input:not([type=range]), textarea, select, dialog")) return;
    this.toggle();
  }

  /* ---- from the one to the other ---- */

  press(event) {
    const link = event.target.closest("[data-go-mark]");
    if (link && !event.ctrlKey && !event.metaKey && this.go(link.dataset.goMark)) event.preventDefault();
    const say = event.target.closest("[data-say]");
    if (say) this.say(say.dataset.say);
  }

  /* Show a mark on its frame; tell whether there is one. */
  go(id) {
    const mark = this.marks.find((one) => one.id === id);
    if (!mark) return false;
    chosen = id;
    const { viewer } = this;
    const frame = viewer.series.frames.findIndex((one) => one.media === mark.media && one.frame === mark.frame);
    if (frame >= 0) {
      viewer.stop();
      viewer.go(frame);
      viewer.stage.scrollIntoView({ block: "nearest" });
    } else {
      const there = `${this.list.dataset.case}/series/${mark.series}?frame=${mark.at}`;
      globalThis.htmx?.ajax("GET", there, { target: "#stage", swap: "outerHTML" });
    }
    this.toggle(true);
    this.tell();
    return true;
  }

  /* A mark was pressed on the picture: what is said of it comes into sight, or else its line in the list. */
  choose(id) {
    chosen = id === chosen ? null : id;
    this.draw();
    this.tell();
    (this.said[0] ?? this.line(this.chosen))?.scrollIntoView({ block: "nearest" });
  }

  tell() {
    const line = this.line(this.chosen);
    const { said } = this;
    for (const one of document.querySelectorAll(".mark, .comment")) one.classList.toggle("is-chosen", one === line || said.includes(one));
    this.bar.tell();
  }

  /* The comments that speak of the chosen mark. */
  get said() {
    const links = this.chosen ? document.querySelectorAll(`.comment [data-go-mark="${chosen}"]`) : [];
    return [...links].map((link) => link.closest(".comment"));
  }

  /* Begin a comment on a mark, or go on with the one that is being written. */
  say(letter) {
    const body = document.querySelector("#body-new");
    if (!body) return;
    const name = `[${letter}]`;
    if (!body.value.includes(name)) body.value = `${body.value.trimEnd()} ${name} `.trimStart();
    body.focus();
    body.setSelectionRange(body.value.length, body.value.length);
  }

  /* ---- changing them; the answer is a new list ---- */

  async add({ kind, points }) {
    const { media, frame } = this.here;
    const values = { media, frame, kind, points: JSON.stringify(points) };
    const dialog = { target: "#dialog", swap: "innerHTML" };
    this.sketch({ kind, points });
    if (kind === "text") return globalThis.htmx.ajax("GET", `${this.address}/new?${new URLSearchParams(values)}`, dialog);
    await globalThis.htmx.ajax("POST", this.address, { ...dialog, values });
    return this.sketch(null);
  }

  addInTheMiddle(kind) {
    const { columns, rows } = this.here;
    this.isByKey = true;
    return this.add({ kind, points: inTheMiddle(kind, columns, rows) });
  }

  save({ id, points }) {
    const values = { points: JSON.stringify(points) };
    return globalThis.htmx.ajax("POST", `${this.address}/${id}/move`, { target: "#toasts", swap: "none", values });
  }

  /* Keys come in rows; the last one is kept. */
  saveSoon(mark) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(mark), SAVE_MS);
  }

  remove(mark) { this.line(mark)?.querySelector("form")?.requestSubmit(); }
}
