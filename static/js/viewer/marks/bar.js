/* The controls of marks under the picture: a row of shapes that unfolds, and what can be done with the chosen mark. */

import { KINDS, toolOf } from "./drawing.js";

export class MarkBar {
  constructor(marks) {
    const { viewer, words } = marks;
    this.marks = marks;
    this.shapes = marks.canDraw ? KINDS.map((kind) => this.button(words[kind], (event) => this.take(kind, event))) : [];
    this.shower = this.button(words.hide, () => marks.toggle());
    viewer.querySelector('[data-rows="marks"]')?.append(...this.shapes, this.shower);

    this.letter = document.createElement("span");
    this.say = this.button(words.comment, () => marks.say(marks.chosen.letter));
    this.remover = this.button(words.remove, () => marks.remove(marks.chosen));
    this.closer = this.button(words.close, () => marks.choose(null));
    this.about = document.createElement("div");
    this.about.className = "marks-about";
    this.about.setAttribute("role", "group");
    this.about.setAttribute("aria-label", words.chosen);
    this.about.append(this.letter, this.say, this.remover, this.closer);
    // Over the picture, because a row that comes and goes under it would move what was just pressed.
    viewer.stage.append(this.about);
    this.tell();
  }

  button(label, act) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "button", textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  /* A press without a pointer has nowhere to draw, so its shape begins in the middle. */
  take(kind, { detail }) {
    const { viewer } = this.marks;
    if (detail === 0) return this.marks.addInTheMiddle(kind);
    if (viewer.tool.name === toolOf(kind)) return this.put();
    this.before ??= viewer.tool.name;
    return viewer.setTool(toolOf(kind));
  }

  /* After one shape the finger does again what it did before. */
  put() {
    const { viewer } = this.marks;
    if (viewer.tool.name.startsWith("mark-")) viewer.setTool(this.before ?? "scroll");
    this.before = null;
  }

  tell() {
    const { marks } = this;
    const { chosen, words, viewer } = marks;
    this.shapes.forEach((button, place) => press(button, viewer.tool.name === toolOf(KINDS[place])));
    this.shower.textContent = marks.isShown ? words.hide : words.show;
    this.shower.disabled = !marks.marks.length;
    this.about.hidden = !marks.seen.includes(chosen);
    if (this.about.hidden) return;
    this.letter.className = `mark-letter author${chosen.colour}`;
    this.letter.textContent = chosen.letter;
    this.say.hidden = !marks.canDraw;
    this.remover.hidden = !marks.canDraw || !chosen.isOwn;
  }
}

function press(button, isOn) {
  if (button.getAttribute("aria-pressed") !== String(isOn)) button.setAttribute("aria-pressed", String(isOn));
}
