/* What is shown of the picture: which frame, how large, where, and whether as painted. */

import { clamp } from "./geometry.js";

const LARGEST = 12;

export class View {
  constructor({ root, areas, draw, say }) {
    Object.assign(this, { root, areas, draw, say });
    this.stage = root.querySelector("[data-view]");
    this.sheet = root.querySelector("[data-sheet]");
    this.picture = root.querySelector("img");
    this.slider = root.querySelector("[data-slider]");
    this.place = root.querySelector("[data-place]");
    this.frame = Number(root.dataset.frame) || 0;
    this.isPainted = root.dataset.painted === "1";
    this.turn = 0;
    this.zoom = 1;
    this.slider?.addEventListener("input", () => this.show(Number(this.slider.value) - 1));
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  show(frame) {
    this.frame = clamp(frame, 0, this.areas.frames - 1);
    if (this.slider) this.slider.value = this.frame + 1;
    if (this.place) {
      const words = JSON.parse(this.root.dataset.words).frame;
      this.place.textContent = words.replace("{frame}", this.frame + 1).replace("{frames}", this.areas.frames);
    }
    this.draw();
    return this.load();
  }

  paint(isPainted) {
    this.isPainted = isPainted;
    this.root.classList.toggle("is-painted", isPainted);
    return this.load();
  }

  /* The server painted other areas since; what is shown as painted is asked for anew. */
  repaint() {
    this.turn += 1;
    return this.isPainted ? this.load() : null;
  }

  get address() {
    return `${this.root.dataset.src}?frame=${this.frame}${this.isPainted ? `&painted=1&turn=${this.turn}` : ""}`;
  }

  /* The next is asked for when the last has arrived, so that a dragged slider does not queue a hundred. */
  async load() {
    if (this.loading) return;
    this.loading = true;
    this.root.setAttribute("aria-busy", "true");
    for (let shown = ""; shown !== this.address; ) {
      shown = this.address;
      this.picture.src = shown;
      await this.picture.decode().catch(() => this.say("lost"));
    }
    this.root.removeAttribute("aria-busy");
    this.loading = false;
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { columns, rows } = this.areas;
    if (!width || !height) return;
    const scale = Math.min(width / columns, height / rows) * this.zoom;
    this.sheet.style.width = `${columns * scale}px`;
    this.sheet.style.height = `${rows * scale}px`;
    this.draw();
  }

  setZoom(zoom, at = null) {
    const box = this.sheet.getBoundingClientRect();
    const stage = this.stage.getBoundingClientRect();
    const point = at ?? { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
    const share = { x: (point.x - box.x) / box.width, y: (point.y - box.y) / box.height };
    this.zoom = clamp(zoom, 1, LARGEST);
    this.fit();
    const after = this.sheet.getBoundingClientRect();
    this.stage.scrollLeft += after.x + share.x * after.width - point.x;
    this.stage.scrollTop += after.y + share.y * after.height - point.y;
  }

  pan(dx, dy) {
    this.stage.scrollBy(dx, dy);
  }

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.setZoom(this.zoom * Math.exp(-event.deltaY / 200), event);
  }

  /* Where a pointer is, in pixels of the native frame. */
  native(event) {
    const sheet = this.sheet.getBoundingClientRect();
    return {
      x: Math.round(clamp((event.clientX - sheet.x) / sheet.width, 0, 1) * this.areas.columns),
      y: Math.round(clamp((event.clientY - sheet.y) / sheet.height, 0, 1) * this.areas.rows),
    };
  }
}
