/* <redactor-canvas>: areas to paint over one image, suggested or drawn, by mouse, touch, pen or keyboard. */

import { form } from "./plural.js";
import { Areas } from "./redactor/areas.js";
import { Confirming } from "./redactor/confirming.js";
import { Overlay } from "./redactor/overlay.js";
import { Pointers } from "./redactor/pointers.js";
import { Saving } from "./redactor/saving.js";
import { View } from "./redactor/view.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const WARNINGS = new Set(["stillLooking", "open", "unsaved", "lost", "look"]);

class RedactorCanvas extends HTMLElement {
  connectedCallback() {
    const { columns, rows, frames, boxes, words } = this.dataset;
    this.words = JSON.parse(words);
    this.areas = new Areas({
      columns: Number(columns), rows: Number(rows), frames: Number(frames), boxes, hints: [], changed: () => this.#changed(),
    });
    this.overlay = new Overlay({ sheet: this.querySelector("[data-sheet]"), areas: this.areas, words: this.words });
    this.view = new View({ root: this, areas: this.areas, draw: () => this.#draw(), say: (name) => this.#say(name) });
    this.saving = new Saving({
      root: this, areas: this.areas, say: (name) => this.#say(name), heard: (text) => this.#tell(text, false),
      adopted: (isNew) => this.#adopted(isNew), settled: () => this.#settled(),
    });
    this.pointers = new Pointers({
      overlay: this.overlay, view: this.view, areas: this.areas, tool: () => this.tool, chosen: () => this.overlay.chosen,
      choose: (index) => this.#choose(index), touch: () => this.#draw(), done: (drag) => this.#dragged(drag),
    });
    this.confirming = new Confirming({
      root: this, picture: this.view.picture, areas: this.areas, saving: this.saving,
      say: (name, values) => this.#say(name, values),
    });
    this.#wire();
    this.#setTool("draw");
    this.classList.add("is-live");
    this.classList.toggle("is-painted", this.view.isPainted);
    this.view.fit();
  }

  #wire() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("focusin", ({ target }) => {
      if (target.matches(".redactor-box")) this.#choose(Number(target.dataset.index));
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("submit", (event) => this.#submit(event), true); // before htmx sends it as well
  }

  /* Tools */

  #click(event) {
    const name = event.target.closest("[data-act]")?.dataset.act;
    const acts = {
      add: () => this.#add(),
      remove: () => this.#remove(),
      undo: () => this.#undo(),
      blur: () => this.#setFill(),
      scope: () => this.#setScope(),
      draw: () => this.#setTool("draw"),
      pan: () => this.#setTool("pan"),
      invert: () => this.#press("invert", this.classList.toggle("is-inverted")),
      painted: () => this.#paint(!this.view.isPainted),
      larger: () => this.view.setZoom(this.view.zoom * 1.5),
      smaller: () => this.view.setZoom(this.view.zoom / 1.5),
      fit: () => this.view.setZoom(1),
      earlier: () => this.view.show(this.view.frame - 1),
      later: () => this.view.show(this.view.frame + 1),
    };
    if (name) event.preventDefault();
    acts[name]?.();
    // A screen reader clicks without a pointer; a pointer has its own way.
    const hint = event.detail === 0 && event.target.closest(".redactor-hint");
    if (hint) this.#toggle(hint.dataset.hint, true);
  }

  #setTool(tool) {
    this.tool = tool;
    this.dataset.tool = tool;
    for (const name of ["draw", "pan"]) this.#press(name, name === tool);
  }

  #press(name, isOn) {
    this.#button(name)?.setAttribute("aria-pressed", String(isOn));
  }

  #button(name) {
    return this.querySelector(`[data-act="${name}"]`);
  }

  /* The server paints what it was told; until then the old picture would lie. */
  async #paint(isPainted) {
    this.#press("painted", isPainted);
    this.saving.hurry();
    await this.view.paint(isPainted);
    this.#say(isPainted ? "painted" : "plain");
  }

  /* Keys; single letters are buttons' own and can be switched off with all others. */

  #key(event) {
    const { target, key } = event;
    if (target.matches("input:not([type=range]), select, textarea") || document.querySelector("dialog[open]")) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z") {
      event.preventDefault();
      this.#undo();
    } else if (key === "Escape" && this.overlay.svg.contains(target)) this.#rest();
    else if (target.closest(".redactor-box")) this.#boxKey(event);
    else if (target.closest(".redactor-hint")) this.#hintKey(event);
    else if (!target.matches("body, #main, [data-view]")) return;
    else if (key === "Enter" && isPlain) this.confirming.enter(event);
    else if (key !== " ") this.#boxKey(event);
  }

  /* From where Enter confirms; an area that was drawn by hand is still the one that arrows move. */
  #rest() {
    this.view.stage.focus({ preventScroll: true });
  }

  #boxKey(event) {
    const { key } = event;
    const index = this.overlay.chosen;
    if (event.altKey || event.metaKey || index === null) return;
    if (key === "Delete" || key === "Backspace") this.#remove();
    else if (STEPS[key]) {
      const step = event.ctrlKey ? 1 : Math.max(1, Math.round(Math.max(this.areas.columns, this.areas.rows) / 200));
      const [dx, dy] = STEPS[key].map((way) => way * step);
      this.areas.change(() => (event.shiftKey ? this.areas.resize(index, dx, dy) : this.areas.move(index, dx, dy)));
    } else if (key === "Enter" || key === " ") this.#activate(index, event.repeat);
    else return;
    event.preventDefault();
  }

  /* An area is a button: it takes back a suggestion; any other leads to where Enter confirms, and never confirms itself. */
  #activate(index, isRepeated) {
    const hint = this.areas.hintOf(this.areas.boxes[index]);
    if (isRepeated) return;
    if (hint) this.#toggle(hint.id, true);
    else {
      this.#rest();
      this.#say("enter");
    }
  }

  #hintKey(event) {
    if ((event.key !== "Enter" && event.key !== " ") || event.repeat) return;
    event.preventDefault();
    this.#toggle(event.target.closest(".redactor-hint").dataset.hint, true);
  }

  /* Suggestions */

  #submit(event) {
    const wish = event.submitter?.dataset.accept ?? event.target.dataset?.accept;
    if (!wish) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (wish === "all") this.#acceptAll();
    else this.#toggle(wish);
  }

  #acceptAll() {
    const count = this.areas.acceptAll();
    this.#say(count === 0 ? "none" : "acceptedAll", { count });
  }

  /* By keys the focus goes on to the next one, and after the last to where Enter confirms. */
  #toggle(id, isByKey = false) {
    const hint = this.areas.hint(Number(id));
    if (!hint) return;
    const became = this.areas.toggle(hint);
    this.#say(became, { what: hint.words });
    if (became === "accepted" && !isByKey) this.#choose(this.areas.newest);
    if (!isByKey) return;
    const next = became === "taken" ? this.overlay.hint(hint.id) : this.overlay.firstHint;
    if (next) next.focus({ preventScroll: true });
    else this.#rest();
  }

  /* Areas */

  #add() {
    this.areas.addInTheMiddle(this.view.frame);
    this.#choose(this.areas.newest);
    this.overlay.focus(this.areas.newest);
    this.#say("added", { n: this.areas.boxes.length });
  }

  #remove() {
    const gone = this.overlay.chosen;
    if (gone === null) {
      this.#say("choose");
      return;
    }
    const hadFocus = this.overlay.svg.contains(document.activeElement);
    this.overlay.chosen = null;
    this.areas.remove(gone);
    this.#say("removed", { n: gone + 1 });
    if (hadFocus) (this.overlay.first ?? this.view.stage).focus({ preventScroll: true });
  }

  #undo() {
    const hadFocus = this.overlay.svg.contains(document.activeElement);
    this.overlay.chosen = null;
    if (!this.areas.undo()) return;
    this.#say("undone");
    if (hadFocus) (this.overlay.first ?? this.view.stage).focus({ preventScroll: true });
  }

  #setFill() {
    const box = this.areas.boxes[this.overlay.chosen];
    const fill = (box?.fill ?? this.areas.fill) === "blur" ? "block" : "blur";
    this.areas.fill = fill;
    if (box) this.areas.change(() => (box.fill = fill));
    this.#draw();
    this.#say(fill);
  }

  #setScope() {
    const box = this.areas.boxes[this.overlay.chosen];
    const isEverywhere = !(box ? box.frame === null : this.areas.isEverywhere);
    this.areas.isEverywhere = isEverywhere;
    if (box) this.areas.change(() => (box.frame = isEverywhere ? null : this.view.frame));
    this.#draw();
    this.#say(isEverywhere ? "everyFrame" : "oneFrame");
  }

  #choose(index) {
    this.overlay.chosen = index;
    const box = this.areas.boxes[index];
    if (box) [this.areas.fill, this.areas.isEverywhere] = [box.fill, box.frame === null];
    this.#draw();
  }

  #dragged({ way, index, before, hint }) {
    this.#rest();
    if (way === "draw" && index === undefined) {
      if (hint) this.#toggle(hint);
      else this.#choose(null);
      return;
    }
    if (this.areas.settle(before) && way === "draw") this.#say("added", { n: index + 1 });
  }

  #changed() {
    this.#draw();
    this.saving.later();
  }

  #draw() {
    if (this.overlay.chosen >= this.areas.boxes.length) this.overlay.chosen = null;
    this.overlay.draw(this.view.frame);
    this.#button("remove").disabled = this.overlay.chosen === null;
    this.#button("undo").disabled = this.areas.past.length === 0;
    this.#press("blur", this.areas.fill === "blur");
    this.#press("scope", !this.areas.isEverywhere);
  }

  #adopted(isNew) {
    if (isNew) this.overlay.chosen = null;
    this.#draw();
    if (isNew) this.view.repaint();
  }

  #settled() {
    this.view.repaint();
    this.confirming.settled();
  }

  #say(name, values = {}) {
    const words = this.words[name];
    const begun = typeof words === "string" ? words : form(words, Number(values.count));
    const said = Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), begun);
    this.#tell(said, WARNINGS.has(name));
  }

  #tell(words, isWarning) {
    const line = this.querySelector("[data-say]");
    line.textContent = words;
    line.classList.toggle("is-warning", isWarning);
  }
}

customElements.define("redactor-canvas", RedactorCanvas);
