/* <redactor-canvas>: areas to paint over one image, drawn by mouse, touch, pen or keyboard, in pixels of the native frame. */

const SVG = "http://www.w3.org/2000/svg";
const CORNERS = ["x0 y0", "x1 y0", "x0 y1", "x1 y1"];
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

class RedactorCanvas extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    this.columns = Number(this.dataset.columns);
    this.rows = Number(this.dataset.rows);
    this.frames = Number(this.dataset.frames);
    this.view = this.querySelector("[data-view]");
    this.sheet = this.querySelector("[data-sheet]");
    this.picture = this.querySelector("img");
    this.frame = Number(this.dataset.frame) || 0;
    this.boxes = readBoxes(this.dataset.boxes);
    this.past = [];
    this.chosen = null;
    this.zoom = 1;
    this.pointers = new Map();
    this.#makeOverlay();
    this.#wire();
    this.classList.add("is-live");
    this.#setTool("draw");
    new ResizeObserver(() => this.#fit()).observe(this.view);
    this.#fit();
  }

  #makeOverlay() {
    this.svg = make("svg", { viewBox: `0 0 ${this.columns} ${this.rows}`, preserveAspectRatio: "none", role: "group" });
    this.svg.setAttribute("aria-label", this.words.overlay);
    this.sheet.append(this.svg);
  }

  #wire() {
    this.addEventListener("click", (event) => this.#act(event.target.closest("[data-act]")?.dataset.act));
    document.addEventListener("keydown", (event) => this.#key(event));
    this.slider?.addEventListener("input", () => this.show(Number(this.slider.value) - 1));
    this.everyFrame?.addEventListener("change", () => this.#setScope());
    for (const name of ["down", "move", "up", "cancel"]) {
      this.svg.addEventListener(`pointer${name}`, (event) => this[`_${name}`](event));
    }
    this.view.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    // The form with exact numbers answers the same state; what it says is what holds.
    document.addEventListener("htmx:after:swap", () => this.#adopt());
  }

  get slider() {
    return this.querySelector("[data-slider]");
  }

  get everyFrame() {
    return this.querySelector("[data-every]");
  }

  get scale() {
    return (this.svg.clientWidth || this.columns) / this.columns;
  }

  /* Tools */

  #act(name) {
    const acts = {
      add: () => this.#add(),
      remove: () => this.#remove(),
      undo: () => this.#undo(),
      draw: () => this.#setTool("draw"),
      pan: () => this.#setTool("pan"),
      invert: () => this.#toggle("invert", "is-inverted"),
      larger: () => this.#setZoom(this.zoom * 1.5),
      smaller: () => this.#setZoom(this.zoom / 1.5),
      fit: () => this.#setZoom(1),
      earlier: () => this.show(this.frame - 1),
      later: () => this.show(this.frame + 1),
    };
    acts[name]?.();
  }

  #setTool(tool) {
    this.tool = tool;
    this.dataset.tool = tool;
    for (const name of ["draw", "pan"]) this.#button(name)?.setAttribute("aria-pressed", String(name === tool));
  }

  #toggle(name, style) {
    this.#button(name).setAttribute("aria-pressed", String(this.classList.toggle(style)));
  }

  #button(name) {
    return this.querySelector(`[data-act="${name}"]`);
  }

  #key(event) {
    if (event.target.matches("input, select, textarea")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      this.#undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.chosen !== null && event.target.closest(".redactor-box")) this.#boxKey(event);
  }

  #boxKey(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#remove();
    } else if (steps[event.key]) {
      event.preventDefault();
      const step = Math.max(1, Math.round(Math.max(this.columns, this.rows) / 200));
      const [dx, dy] = steps[event.key].map((way) => way * step);
      this.#change(() => (event.shiftKey ? this.#resize(this.chosen, dx, dy) : this.#move(this.chosen, dx, dy)));
    }
  }

  /* Frames: the next is asked for when the last has arrived, so that a dragged slider does not queue a hundred. */

  async show(frame) {
    this.frame = clamp(frame, 0, this.frames - 1);
    if (this.slider) this.slider.value = this.frame + 1;
    const place = this.querySelector("[data-place]");
    if (place) place.textContent = this.words.frame.replace("{frame}", this.frame + 1).replace("{frames}", this.frames);
    this.#draw();
    if (this.loading) return;
    this.loading = true;
    for (let shown = -1; shown !== this.frame; ) {
      shown = this.frame;
      this.picture.src = `${this.dataset.src}?frame=${shown}`;
      await this.picture.decode().catch(() => this.#say(this.words.lost));
    }
    this.loading = false;
  }

  /* Zoom and pan */

  #fit() {
    const width = this.view.clientWidth;
    const height = this.view.clientHeight;
    if (!width || !height) return;
    const fit = Math.min(width / this.columns, height / this.rows);
    this.sheet.style.width = `${this.columns * fit * this.zoom}px`;
    this.sheet.style.height = `${this.rows * fit * this.zoom}px`;
    this.#draw();
  }

  #setZoom(zoom, at = null) {
    const box = this.sheet.getBoundingClientRect();
    const stage = this.view.getBoundingClientRect();
    const point = at ?? { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
    const share = { x: (point.x - box.x) / box.width, y: (point.y - box.y) / box.height };
    this.zoom = clamp(zoom, 1, 12);
    this.#fit();
    const after = this.sheet.getBoundingClientRect();
    this.view.scrollLeft += after.x + share.x * after.width - point.x;
    this.view.scrollTop += after.y + share.y * after.height - point.y;
  }

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.#setZoom(this.zoom * Math.exp(-event.deltaY / 200), event);
  }

  #pinch() {
    const [a, b] = [...this.pointers.values()];
    const now = { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    if (this.pinched) {
      this.view.scrollBy(this.pinched.x - now.x, this.pinched.y - now.y);
      this.#setZoom((this.zoom * now.distance) / this.pinched.distance, now);
    }
    this.pinched = now;
  }

  /* Pointers: one draws, moves, resizes or pans; two pinch and give up what the first began. */

  _down(event) {
    if (event.button > 1) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.svg.setPointerCapture(event.pointerId);
    if (this.pointers.size === 2) {
      if (this.drag?.before) this.boxes = readBoxes(this.drag.before);
      this.drag = null;
      this.#draw();
      return;
    }
    const at = this.#native(event);
    const before = JSON.stringify(this.boxes.map(asList));
    const handle = event.target.dataset?.corner;
    const index = event.target.closest?.(".redactor-box")?.dataset.index;
    if (this.tool === "pan" || event.button === 1) this.drag = { way: "pan" };
    else if (handle) this.drag = { way: "corner", corner: handle.split(" "), before };
    else if (index !== undefined) this.drag = { way: "move", last: at, before };
    else this.drag = { way: "draw", start: at, before };
    if (index !== undefined) this.#choose(Number(index));
    event.preventDefault();
  }

  _move(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const moved = { x: event.clientX - pointer.x, y: event.clientY - pointer.y };
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 2) this.#pinch();
    else if (this.drag) this.#dragTo(this.#native(event), moved);
  }

  #dragTo(at, moved) {
    const drag = this.drag;
    const box = this.boxes[this.chosen];
    if (drag.way === "pan") this.view.scrollBy(-moved.x, -moved.y);
    if (drag.way === "draw") this.#drawTo(drag, at);
    if (drag.way === "corner") {
      const [x, y] = drag.corner;
      box[x] = x === "x0" ? clamp(at.x, 0, box.x1 - 1) : clamp(at.x, box.x0 + 1, this.columns);
      box[y] = y === "y0" ? clamp(at.y, 0, box.y1 - 1) : clamp(at.y, box.y0 + 1, this.rows);
    }
    if (drag.way === "move") {
      this.#move(this.chosen, at.x - drag.last.x, at.y - drag.last.y);
      drag.last = at;
    }
    this.#draw();
  }

  #drawTo(drag, at) {
    const far = Math.max(Math.abs(at.x - drag.start.x), Math.abs(at.y - drag.start.y)) * this.scale > 4;
    if (drag.index === undefined && !far) return;
    if (drag.index === undefined) {
      this.boxes.push(this.#box(0, 0, 1, 1));
      drag.index = this.boxes.length - 1;
      this.chosen = drag.index;
    }
    const box = this.boxes[drag.index];
    [box.x0, box.x1] = span(drag.start.x, at.x, this.columns);
    [box.y0, box.y1] = span(drag.start.y, at.y, this.rows);
  }

  _up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.pinched = null;
    const drag = this.drag;
    this.drag = null;
    if (!drag?.before) return;
    if (drag.way === "draw" && drag.index === undefined) this.#choose(null);
    if (drag.before === JSON.stringify(this.boxes.map(asList))) return;
    this.past.push(drag.before);
    if (drag.index !== undefined) this.#say(this.words.added.replace("{n}", drag.index + 1));
    this.#changed();
    this.#focusBox(this.chosen);
  }

  _cancel(event) {
    this._up(event);
  }

  #native(event) {
    const sheet = this.svg.getBoundingClientRect();
    return {
      x: Math.round(clamp((event.clientX - sheet.x) / sheet.width, 0, 1) * this.columns),
      y: Math.round(clamp((event.clientY - sheet.y) / sheet.height, 0, 1) * this.rows),
    };
  }

  /* Boxes */

  #box(x0, y0, x1, y1) {
    const everywhere = this.frames === 1 || (this.everyFrame?.checked ?? true);
    return { frame: everywhere ? null : this.frame, x0, y0, x1, y1 };
  }

  #add() {
    const [w, h] = [Math.max(2, Math.round(this.columns / 4)), Math.max(2, Math.round(this.rows / 10))];
    const x = Math.round((this.columns - w) / 2);
    let y = Math.round((this.rows - h) / 2);
    // Not exactly where another one lies: nobody could tell the two apart.
    while (this.boxes.some((box) => box.x0 === x && box.y0 === y) && y + h < this.rows) y += Math.min(h, this.rows - h - y);
    this.#change(() => this.boxes.push(this.#box(x, y, x + w, y + h)));
    this.#choose(this.boxes.length - 1);
    this.#focusBox(this.chosen);
    this.#say(this.words.added.replace("{n}", this.boxes.length));
  }

  #remove() {
    if (this.chosen === null) {
      this.#say(this.words.choose);
      return;
    }
    const gone = this.chosen;
    this.#change(() => {
      this.boxes.splice(gone, 1);
      this.chosen = null;
    });
    this.#say(this.words.removed.replace("{n}", gone + 1));
    (this.svg.querySelector(".redactor-box") ?? this.#button("add")).focus();
  }

  #undo() {
    if (this.past.length === 0) return;
    this.boxes = readBoxes(this.past.pop());
    this.chosen = null;
    this.#say(this.words.undone);
    this.#changed();
  }

  #focusBox(index) {
    this.svg.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  }

  #move(index, dx, dy) {
    const box = this.boxes[index];
    const [x, y] = [clamp(dx, -box.x0, this.columns - box.x1), clamp(dy, -box.y0, this.rows - box.y1)];
    Object.assign(box, { x0: box.x0 + x, x1: box.x1 + x, y0: box.y0 + y, y1: box.y1 + y });
  }

  #resize(index, dx, dy) {
    const box = this.boxes[index];
    box.x1 = clamp(box.x1 + dx, box.x0 + 1, this.columns);
    box.y1 = clamp(box.y1 + dy, box.y0 + 1, this.rows);
  }

  #setScope() {
    if (this.chosen === null) return;
    this.#change(() => (this.boxes[this.chosen].frame = this.everyFrame.checked ? null : this.frame));
  }

  #choose(index) {
    this.chosen = index;
    if (index !== null && this.everyFrame) this.everyFrame.checked = this.boxes[index].frame === null;
    this.#draw();
  }

  #change(edit) {
    this.past.push(JSON.stringify(this.boxes.map(asList)));
    edit();
    this.#changed();
  }

  #changed() {
    this.#draw();
    this.#unsettle();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 400);
  }

  /* Elements are kept and only moved, so that the focus and a captured pointer stay where they are. */
  #draw() {
    const shown = [...this.boxes.entries()].filter(([, box]) => box.frame === null || box.frame === this.frame);
    const groups = [...this.svg.children];
    for (const group of groups.slice(shown.length)) group.remove();
    shown.forEach(([index, box], place) => this.#place(groups[place] ?? this.#group(), index, box));
    this.#button("remove").disabled = this.chosen === null;
    this.#button("undo").disabled = this.past.length === 0;
  }

  #group() {
    const group = make("g", { class: "redactor-box", tabindex: "0", role: "button" });
    group.append(make("rect", { class: "redactor-area" }));
    for (const corner of CORNERS) group.append(make("circle", { class: "redactor-corner", "data-corner": corner }));
    group.addEventListener("focus", () => this.#choose(Number(group.dataset.index)));
    this.svg.append(group);
    return group;
  }

  #place(group, index, box) {
    group.dataset.index = index;
    group.classList.toggle("is-chosen", index === this.chosen);
    group.setAttribute("aria-pressed", String(index === this.chosen));
    group.setAttribute("aria-label", this.#label(index, box));
    set(group.firstChild, { x: box.x0, y: box.y0, width: box.x1 - box.x0, height: box.y1 - box.y0 });
    for (const circle of group.querySelectorAll("circle")) {
      const [x, y] = circle.dataset.corner.split(" ");
      set(circle, { cx: box[x], cy: box[y], r: 8 / this.scale });
    }
  }

  #label(index, box) {
    return this.words.label
      .replace("{n}", index + 1)
      .replace("{all}", this.boxes.length)
      .replace("{width}", box.x1 - box.x0)
      .replace("{height}", box.y1 - box.y0)
      .replace("{x}", box.x0)
      .replace("{y}", box.y0)
      .replace("{where}", box.frame === null ? this.words.every : this.words.one.replace("{frame}", box.frame + 1));
  }

  /* Saving: what was drawn is with the server before it can be confirmed. */

  get state() {
    return document.getElementById(this.dataset.state);
  }

  #unsettle() {
    for (const button of this.state.querySelectorAll("[data-settled]")) button.disabled = true;
  }

  async save() {
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    const sent = JSON.stringify(this.boxes.map(asList));
    const body = new FormData();
    body.set("boxes", sent);
    try {
      const headers = { "X-CSRFToken": this.dataset.token, "HX-Request": "true", "HX-Request-Type": "partial" };
      const answer = await fetch(this.dataset.save, { method: "POST", body, headers });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      this.#swap(await answer.text());
    } catch {
      this.#say(this.words.unsaved);
      this.again = true;
      await new Promise((go) => setTimeout(go, 3000));
    }
    this.saving = false;
    if (!this.again) return;
    this.again = false;
    this.save();
  }

  #swap(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    const open = this.state.querySelector("details")?.open;
    this.state.replaceWith(fresh);
    if (open) fresh.querySelector("details").open = true;
    globalThis.htmx?.process(fresh);
    if (this.again) this.#unsettle();
  }

  #adopt() {
    const told = this.state?.dataset.boxes;
    if (!told || this.saving || told === JSON.stringify(this.boxes.map(asList))) return;
    this.boxes = readBoxes(told);
    this.chosen = null;
    this.#draw();
  }

  #say(words) {
    this.querySelector("[data-say]").textContent = words;
  }
}

function readBoxes(text) {
  return JSON.parse(text).map(([frame, x0, y0, x1, y1]) => ({ frame, x0, y0, x1, y1 }));
}

function asList(box) {
  return [box.frame, box.x0, box.y0, box.x1, box.y1];
}

function span(a, b, limit) {
  const low = Math.min(a, b, limit - 1);
  return [low, Math.max(a, b, low + 1)];
}

function make(name, attributes) {
  return set(document.createElementNS(SVG, name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

customElements.define("redactor-canvas", RedactorCanvas);
