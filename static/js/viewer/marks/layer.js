/* Lays marks over the picture as SVG: they stay sharp at any zoom, and each can be tabbed to, pressed and read out. */

import { lengthOf } from "../tools/values.js";
import { outline } from "./shapes.js";

const SVG = "http://www.w3.org/2000/svg";

export class Layer {
  constructor(stage, words) {
    this.words = words;
    this.svg = make("svg", { class: "marks-layer", role: "group", "aria-label": words.layer });
    this.draft = group();
    this.draft.removeAttribute("tabindex");
    this.draft.classList.add("is-draft");
    this.shown = new Map();
    stage.append(this.svg);
  }

  remove() { this.svg.remove(); }

  /* Elements are kept and only moved, so that the focus stays on them. */
  draw(marks, { chosen, ...lying }) {
    for (const [id, element] of this.shown) if (!marks.some((mark) => mark.id === id)) this.forget(id, element);
    for (const mark of marks) {
      const element = this.shown.get(mark.id) ?? this.add(mark);
      element.setAttribute("class", `mark-shape is-${mark.kind} author${mark.colour}${mark.id === chosen ? " is-chosen" : ""}`);
      element.setAttribute("aria-pressed", String(mark.id === chosen));
      place(element, mark, lying);
      // A length is said together with its letter, as it stands on the picture.
      if (mark.kind === "length") element.setAttribute("aria-label", this.name(mark, element.lastChild.textContent));
    }
  }

  name({ letter, text, word, author }, said = letter) {
    return this.words.mark.replace("{letter}", said).replace("{what}", text || word).replace("{author}", author);
  }

  /* Show what is being drawn, or nothing. */
  sketch(mark, view) {
    if (!mark) return this.draft.remove();
    this.draft.setAttribute("class", `mark-shape is-${mark.kind} is-draft`);
    place(this.draft, { letter: "", text: "+", ...mark }, view);
    return this.svg.append(this.draft);
  }

  focus(id) { this.shown.get(id)?.focus({ preventScroll: true }); }

  add(mark) {
    const element = group();
    element.dataset.shape = mark.id;
    element.setAttribute("aria-label", this.name(mark));
    this.svg.append(element);
    this.shown.set(mark.id, element);
    return element;
  }

  forget(id, element) {
    element.remove();
    this.shown.delete(id);
  }
}

function place(element, mark, { toScreen, view, atTheDetector }) {
  const [reach, under, over, label] = element.children;
  const { d, at } = outline(mark, toScreen);
  for (const path of [reach, under, over]) path.setAttribute("d", d);
  const said = mark.kind === "length" ? measured(mark.points, view, atTheDetector) : mark.kind === "text" ? mark.text : "";
  label.textContent = [mark.letter, said].filter(Boolean).join(" ");
  label.setAttribute("x", at.x);
  label.setAttribute("y", at.y);
}

function measured(points, view, atTheDetector) {
  const { value, unit } = lengthOf(points.map(([x, y]) => ({ x, y })), view);
  const length = `${value.toFixed(1)}\u00a0${unit}`;
  return unit === "mm" && view?.spacing_kind === "detector" ? `${length} ${atTheDetector}` : length;
}

function group() {
  const element = make("g", { tabindex: "0", role: "button" });
  for (const name of ["mark-reach", "mark-under", "mark-over"]) element.append(make("path", { class: name }));
  element.append(make("text", { class: "mark-label", "aria-hidden": "true" }));
  return element;
}

export function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
