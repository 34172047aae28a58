/* <frame-stage>: steps through the frames of one instance with buttons, a slider, the wheel, [ ] and Space.
 *
 * The first frame is a plain <img> and the buttons are links, so that it works before and without this file. Frames
 * once seen are kept as decoded pictures, because `no-cache` would ask the server again for each of them.
 */
const AHEAD = 6;

class FrameStage extends HTMLElement {
  connectedCallback() {
    this.count = Number(this.dataset.frames);
    this.frame = Number(this.dataset.frame);
    this.delay = Math.max(20, Number(this.dataset.time) || 80);
    this.picture = this.querySelector(".picture img");
    if (!this.picture) return;
    this.kept = new Map([[this.frame, this.picture]]);
    this.picture.addEventListener("error", () => this.fail());
    if (this.count < 2) return;
    this.slider = this.querySelector("input[type=range]");
    this.player = this.querySelector("[data-play]");
    this.label = this.querySelector("output");
    this.addresses = this.dataset.parts.split(" ").flatMap((part) => {
      const [name, frames] = part.split(":");
      return Array.from({ length: Number(frames) }, (_, frame) => `${this.dataset.base ?? "/media/"}${name}/f${frame}`);
    });
    for (const hidden of this.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
    this.addEventListener("click", (event) => this.clicked(event), true);
    this.slider?.addEventListener("input", () => this.go(Number(this.slider.value) - 1));
    this.querySelector(".picture").addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.keys = (event) => this.pressed(event);
    document.addEventListener("keydown", this.keys);
    this.fetchAround(this.frame);
  }

  disconnectedCallback() {
    this.stop();
    if (this.keys) document.removeEventListener("keydown", this.keys);
  }

  get isPlaying() { return Boolean(this.timer); }

  clicked(event) {
    const step = event.target.closest("[data-step]");
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      this.stop();
      this.go(this.frame + Number(step.dataset.step));
    } else if (event.target.closest("[data-play]")) {
      this.isPlaying ? this.stop() : this.play();
    }
  }

  wheeled(event) {
    if (event.ctrlKey || Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
    event.preventDefault();
    this.turned = (this.turned ?? 0) + event.deltaY;
    if (Math.abs(this.turned) < 40) return;
    this.stop();
    this.go(this.frame + Math.sign(this.turned));
    this.turned = 0;
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
    if (event.target.closest?.("input:not([type=range]), textarea, select, button, summary, dialog")) return;
    const step = { "[": -1, "]": 1 }[event.key];
    if (step) { this.stop(); this.go(this.frame + step); }
    else if (event.key === " " && this.player) { event.preventDefault(); this.isPlaying ? this.stop() : this.play(); }
  }

  image(frame) {
    let made = this.kept.get(frame);
    if (!made) {
      made = new Image(this.picture.width, this.picture.height);
      made.alt = this.picture.alt;
      made.toggleAttribute("data-fit", this.picture.hasAttribute("data-fit"));
      made.src = this.addresses[frame];
      this.kept.set(frame, made);
    }
    return made;
  }

  async go(frame) {
    const wanted = Math.min(this.count - 1, Math.max(0, frame));
    this.frame = wanted;
    if (this.slider) this.slider.value = wanted + 1;
    for (const step of this.querySelectorAll("[data-step]")) {
      const isEnd = wanted === (step.dataset.step < 0 ? 0 : this.count - 1);
      if (isEnd) step.setAttribute("aria-disabled", "true");
      else step.removeAttribute("aria-disabled");
    }
    if (this.label) this.label.textContent = `${wanted + 1} / ${this.count}`;
    const image = this.image(wanted);
    try {
      await image.decode();
    } catch {
      this.kept.delete(wanted);
      if (this.frame === wanted) this.fail();
      return;
    }
    if (this.frame !== wanted) return;
    this.picture.replaceWith(image);
    this.picture = image;
    this.fetchAround(wanted);
  }

  fetchAround(frame) {
    for (let ahead = 1; ahead <= AHEAD; ahead += 1) this.image((frame + ahead) % this.count);
    if (frame > 0) this.image(frame - 1);
  }

  play() {
    this.player.setAttribute("aria-pressed", "true");
    this.player.querySelector("span").textContent = this.player.dataset.stop;
    const turn = async () => {
      const began = performance.now();
      await this.go((this.frame + 1) % this.count);
      if (this.isPlaying) this.timer = setTimeout(turn, Math.max(0, this.delay - (performance.now() - began)));
    };
    this.timer = setTimeout(turn, this.delay);
  }

  stop() {
    if (!this.isPlaying) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.player.setAttribute("aria-pressed", "false");
    this.player.querySelector("span").textContent = this.player.dataset.start;
  }

  fail() {
    this.stop();
    const note = this.querySelector(".failed");
    if (note) note.hidden = false;
  }
}

customElements.define("frame-stage", FrameStage);
