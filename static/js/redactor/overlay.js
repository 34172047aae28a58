/* Draws areas and suggestions over the picture. Elements are kept and only moved, so that focus and pointer stay on them. */

const SVG = "http://www.w3.org/2000/svg";
const CORNERS = ["x0 y0", "x1 y0", "x0 y1", "x1 y1"];
const isCoarse = matchMedia("(pointer: coarse)");

export class Overlay {
  constructor({ sheet, areas, words }) {
    Object.assign(this, { areas, words, chosen: null });
    sheet.querySelector("svg")?.remove();
    const { columns, rows } = areas;
    this.svg = make("svg", { viewBox: `0 0 ${columns} ${rows}`, preserveAspectRatio: "none", role: "group", "aria-label": words.overlay });
    this.hints = make("g", {});
    this.boxes = make("g", {});
    this.svg.append(this.hints, this.boxes);
    sheet.append(this.svg);
  }

  get scale() {
    return (this.svg.clientWidth || this.areas.columns) / this.areas.columns;
  }

  draw(frame) {
    this.frame = frame;
    const isHere = (one) => one.frame === null || one.frame === frame;
    const open = this.areas.hints.filter((hint) => isHere(hint) && this.areas.isOpen(hint));
    fill(this.hints, open, () => hintGroup(), (group, hint) => this.#placeHint(group, hint));
    const drawn = [...this.areas.boxes.entries()].filter(([, box]) => isHere(box));
    fill(this.boxes, drawn, () => boxGroup(), (group, [index, box]) => this.#placeBox(group, index, box));
  }

  focus(index) {
    this.boxes.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  }

  get first() {
    return this.svg.querySelector(".redactor-box, .redactor-hint");
  }

  hint(id) {
    return this.hints.querySelector(`[data-hint="${id}"]`);
  }

  get firstHint() {
    return this.hints.firstElementChild;
  }

  #placeHint(group, hint) {
    group.dataset.hint = hint.id;
    group.classList.toggle("is-weak", hint.weak);
    group.setAttribute("aria-label", this.words.hint.replace("{what}", hint.words));
    const painted = this.areas.grown(hint);
    const [rect, text] = group.children;
    place(rect, painted);
    text.textContent = hint.why;
    const size = 12 / this.scale;
    const isHigh = painted.y0 > size * 1.3;
    set(text, { x: painted.x0, y: isHigh ? painted.y0 - size * 0.35 : painted.y1 + size * 1.1, "font-size": size });
    text.setAttribute("stroke-width", size / 4);
    // At the right edge the words begin further left, so that they can be read.
    const isFar = painted.x0 > this.areas.columns * 0.7;
    set(text, { x: isFar ? painted.x1 : painted.x0, "text-anchor": isFar ? "end" : "start" });
  }

  #placeBox(group, index, box) {
    group.dataset.index = index;
    group.classList.toggle("is-chosen", index === this.chosen);
    group.classList.toggle("is-blur", box.fill === "blur");
    group.setAttribute("aria-pressed", String(index === this.chosen));
    group.setAttribute("aria-label", this.#label(index, box));
    const [painted, area, ...corners] = group.children;
    place(painted, this.areas.grown(box));
    place(area, box);
    for (const circle of corners) {
      const [x, y] = circle.dataset.corner.split(" ");
      set(circle, { cx: box[x], cy: box[y], r: (isCoarse.matches ? 13 : 8) / this.scale });
    }
  }

  #label(index, box) {
    const { words, areas } = this;
    return words.label
      .replace("{n}", index + 1)
      .replace("{all}", areas.boxes.length)
      .replace("{fill}", box.fill === "blur" ? words.isBlur : words.isBlock)
      .replace("{width}", box.x1 - box.x0)
      .replace("{height}", box.y1 - box.y0)
      .replace("{x}", box.x0)
      .replace("{y}", box.y0)
      .replace("{where}", box.frame === null ? words.every : words.one.replace("{frame}", box.frame + 1));
  }
}

function fill(parent, items, create, show) {
  const groups = [...parent.children];
  for (const group of groups.slice(items.length)) group.remove();
  items.forEach((item, place) => {
    const group = groups[place] ?? create();
    if (!group.isConnected) parent.append(group);
    show(group, item);
  });
}

function hintGroup() {
  const group = make("g", { class: "redactor-hint", tabindex: "0", role: "button" });
  group.append(make("rect", { class: "redactor-would" }), make("text", { class: "redactor-why", "aria-hidden": "true" }));
  return group;
}

function boxGroup() {
  const group = make("g", { class: "redactor-box", tabindex: "0", role: "button" });
  group.append(make("rect", { class: "redactor-painted" }), make("rect", { class: "redactor-area" }));
  for (const corner of CORNERS) group.append(make("circle", { class: "redactor-corner", "data-corner": corner }));
  return group;
}

function place(rect, { x0, y0, x1, y1 }) {
  set(rect, { x: x0, y: y0, width: x1 - x0, height: y1 - y0 });
}

function make(name, attributes) {
  return set(document.createElementNS(SVG, name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
