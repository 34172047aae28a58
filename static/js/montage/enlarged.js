/* One slice large: keys and buttons go from slice to slice, a drag draws the area that the form then paints on a range. */

const MOST = 8; // times as large as the room

export class Enlarged {
  constructor({ root, words, total, shown }) {
    Object.assign(this, { root, words, total, shown, number: 0, zoom: 1 });
    this.dialog = root.querySelector(".slice-dialog");
    this.stage = this.dialog.querySelector("[data-stage]");
    this.picture = new Image();
    this.picture.draggable = false;
    this.stage.prepend(this.picture);
    this.room = this.dialog.querySelector("[data-room]");
    this.window = this.dialog.querySelector("[data-window]");
    this.window?.addEventListener("change", () => this.#show(this.number));
    this.area = this.dialog.querySelector("[data-area]");
    this.form = this.dialog.querySelector("[data-paint]");
    this.say = this.dialog.querySelector("[data-say]");
    this.ask = this.say.textContent;
    this.dialog.addEventListener("click", (event) => this.#click(event));
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("close", () => this.#closed());
    this.picture.addEventListener("load", () => this.window?.value || this.shown(this.number));
    this.picture.addEventListener("error", () => (this.say.textContent = this.words.lost));
    this.stage.addEventListener("pointerdown", (event) => this.#down(event));
    this.stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, () => (this.from = null));
    new ResizeObserver(() => this.#place()).observe(this.stage);
  }

  open(number, opener) {
    this.opener = opener;
    if (this.window) this.window.value = "";
    this.dialog.showModal();
    this.dialog.querySelector("[data-act=close]").focus();
    this.#enlarge(1);
    this.#show(number);
  }

  #show(number) {
    const slice = this.root.querySelector(`.slices [data-slice="${number}"]`);
    if (!slice) return;
    const isSameSize = this.slice?.dataset.columns === slice.dataset.columns && this.slice?.dataset.rows === slice.dataset.rows;
    Object.assign(this, { number, slice });
    // In another window it is not the picture that will be published, and does not count as looked at.
    const window = this.window?.value;
    this.picture.src = slice.dataset.large + (window ? `&window=${window}` : "");
    this.picture.alt = this.words.title.replace("{number}", number).replace("{total}", this.total);
    this.dialog.querySelector("[data-title]").textContent = this.picture.alt;
    this.dialog.querySelector("[data-redact]").href = slice.href;
    // An area that was drawn stays, to see what it would cover on the next slice.
    if (!this.box || !isSameSize) this.#clear();
  }

  /* The stage becomes larger than its room, which scrolls; what was in the middle stays there. */
  #enlarge(zoom) {
    const { room, stage } = this;
    const part = Math.min(MOST, Math.max(1, zoom)) / this.zoom;
    const middle = { x: room.scrollLeft + room.clientWidth / 2, y: room.scrollTop + room.clientHeight / 2 };
    this.zoom *= part;
    stage.style.width = stage.style.height = `${100 * this.zoom}%`;
    room.scrollTo(middle.x * part - room.clientWidth / 2, middle.y * part - room.clientHeight / 2);
    for (const [name, isOut] of [["smaller", this.zoom <= 1], ["larger", this.zoom >= MOST]]) {
      this.dialog.querySelector(`[data-act=${name}]`).disabled = isOut;
    }
  }

  #clear() {
    this.box = null;
    this.area.hidden = true;
    this.say.textContent = this.ask;
    for (const name of ["first", "last"]) this.form.elements[name].value = this.number;
    this.form.querySelector("[data-go]").disabled = true;
  }

  #closed() {
    this.box = null;
    this.root.querySelector(`.slices [data-slice="${this.number}"]`)?.scrollIntoView({ block: "nearest" });
    this.opener?.focus({ preventScroll: true });
  }

  #click(event) {
    const name = event.target.closest("[data-act]")?.dataset.act;
    if (name === "close") this.dialog.close();
    else if (name === "earlier") this.#show(this.number - 1);
    else if (name === "later") this.#show(this.number + 1);
    else if (name === "larger") this.#enlarge(this.zoom * 2);
    else if (name === "smaller") this.#enlarge(this.zoom / 2);
    else if (name === "every") [this.form.elements.first.value, this.form.elements.last.value] = [1, this.total];
  }

  #key(event) {
    if (event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const part = { "+": 2, "=": 2, "-": 0.5 }[event.key];
    if (part) {
      event.stopPropagation();
      this.#enlarge(this.zoom * part);
    }
    const step = { ArrowLeft: -1, ArrowUp: -1, PageUp: -1, ArrowRight: 1, ArrowDown: 1, PageDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#show(this.number + step);
  }

  /* The picture keeps its shape inside the stage: where it lies, and how large a pixel of the slice is there. */
  get #frame() {
    const { columns, rows } = this.slice.dataset;
    const stage = this.stage.getBoundingClientRect();
    const scale = Math.min(stage.width / columns, stage.height / rows);
    const left = (stage.width - columns * scale) / 2;
    const top = (stage.height - rows * scale) / 2;
    return { scale, left, top, stage, columns: Number(columns), rows: Number(rows) };
  }

  #point({ clientX, clientY }) {
    const { scale, left, top, stage, columns, rows } = this.#frame;
    const within = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    return { x: within((clientX - stage.left - left) / scale, columns), y: within((clientY - stage.top - top) / scale, rows) };
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    this.from = this.#point(event);
    // A range that somebody chose stays; one slice alone is always the one drawn on.
    const { first, last } = this.form.elements;
    if (first.value === last.value) first.value = last.value = this.number;
  }

  #move(event) {
    if (!this.from) return;
    const to = this.#point(event);
    const box = {
      x: Math.min(this.from.x, to.x), y: Math.min(this.from.y, to.y),
      width: Math.abs(to.x - this.from.x), height: Math.abs(to.y - this.from.y),
    };
    if (!box.width || !box.height) return;
    this.box = box;
    for (const [name, value] of Object.entries({ ...box, on: this.number })) this.form.elements[name].value = value;
    this.form.querySelector("[data-go]").disabled = false;
    this.say.textContent = Object.entries(box).reduce((text, [key, value]) => text.replace(`{${key}}`, value), this.words.drawn);
    this.#place();
  }

  #place() {
    this.area.hidden = !this.box;
    if (!this.box) return;
    const { scale, left, top } = this.#frame;
    const { x, y, width, height } = this.box;
    Object.assign(this.area.style, {
      left: `${left + x * scale}px`, top: `${top + y * scale}px`, width: `${width * scale}px`, height: `${height * scale}px`,
    });
  }
}
