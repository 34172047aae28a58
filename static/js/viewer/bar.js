/* The controls under the picture. They come from the server; here they are bound, filled and kept true. */

import { facts, fill, spoken } from "./words.js";

export class Bar {
  constructor(viewer) {
    this.viewer = viewer;
    this.slider = viewer.querySelector("[data-slider]");
    this.player = viewer.querySelector("[data-play]");
    this.number = viewer.querySelector("[data-number]");
    this.facts = viewer.querySelector("[data-facts]");
    this.looks = viewer.querySelector("[data-looks]");
    this.spoken = viewer.querySelector("[data-spoken]");
    viewer.addEventListener("click", (event) => this.click(event), { capture: true });
    viewer.addEventListener("change", ({ target }) => this.change(target));
    this.slider?.addEventListener("input", () => { viewer.stop(); viewer.go(Number(this.slider.value) - 1); });
    for (const one of viewer.querySelectorAll("[data-needs-script]")) one.hidden = false;
    for (const one of viewer.querySelectorAll("[data-needs-grey]")) one.hidden = !viewer.isGrey;
    for (const one of viewer.querySelectorAll("[data-needs-frames]")) one.hidden = viewer.count < 2;
    if (this.looks) this.looks.append(...viewer.looks.choices.map(({ key, label }) => new Option(label, key)));
    this.offerPlanes(viewer.series.view.volume);
  }

  /* Slices that lie evenly can be cut across, if the device bears them all at once; else the words say why not. */
  offerPlanes(volume) {
    const line = this.viewer.querySelector("[data-too-large]");
    const isLarge = volume?.bytes > this.viewer.frames.budget;
    this.viewer.querySelector("[data-part=planes]").hidden = !volume?.planes || isLarge;
    line.textContent = isLarge ? fill(line.dataset.tooLarge, { size: Math.round(volume.bytes / 2 ** 20) }) : volume?.why ?? "";
  }

  change(target) {
    const { viewer } = this;
    if (target === this.looks) viewer.chooseLook(target.value);
    if (target.matches("[data-speed]")) viewer.cine.speed = Number(target.value);
  }

  click(event) {
    const { viewer } = this;
    const button = event.target.closest("[data-step], [data-play], button[data-tool], [data-act], [data-row], [data-part]");
    if (!button) return;
    const { step, tool, act, row, part } = button.dataset;
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      viewer.stop();
      viewer.go(viewer.frame + Number(step));
    } else if (row) this.unfold(button);
    else if (tool) viewer.setTool(tool);
    // A part does at once what its button is for, and offers it from then on.
    else if (part && !viewer.parts?.[part]) viewer.part(part);
    else if (act) {
      event.preventDefault();
      viewer[act]?.();
    } else viewer.play();
  }

  /* One row of further controls is open at a time. */
  unfold(button) {
    for (const other of this.viewer.querySelectorAll("[data-row]")) {
      const isOpen = other === button && other.getAttribute("aria-expanded") !== "true";
      other.setAttribute("aria-expanded", String(isOpen));
      this.viewer.querySelector(`[data-rows="${other.dataset.row}"]`).hidden = !isOpen;
    }
    if (button.dataset.part) this.viewer.part(button.dataset.part);
  }

  /* Give the button of a tool, the server's or a new one. */
  button({ name, label, key }) {
    let made = this.viewer.querySelector(`[data-tool="${name}"]`);
    if (!made) {
      made = document.createElement("button");
      Object.assign(made, { type: "button", className: "button", textContent: label });
      made.dataset.tool = name;
      this.viewer.querySelector('[data-rows="measure"], .viewer-tools').append(made);
    }
    if (key) made.setAttribute("aria-keyshortcuts", key);
    made.hidden = false;
    return made;
  }

  update() {
    const { viewer } = this;
    const { frame, count } = viewer;
    const label = `${frame + 1} / ${count}`;
    for (const now of viewer.querySelectorAll("[data-frame-now]")) now.value = frame;
    if (this.number && this.number.textContent !== label) this.number.textContent = label;
    if (this.slider) {
      this.slider.value = frame + 1;
      this.slider.setAttribute("aria-valuetext", label);
    }
    for (const step of viewer.querySelectorAll("[data-step]")) {
      const isEnd = frame === (step.dataset.step < 0 ? 0 : count - 1);
      if (isEnd) step.setAttribute("aria-disabled", "true");
      else step.removeAttribute("aria-disabled");
    }
    for (const one of viewer.querySelectorAll("[data-tool]")) press(one, one.dataset.tool === viewer.tool.name);
    press(viewer.querySelector("[data-act=invert]"), viewer.looks.isInverted);
    press(viewer.querySelector("[data-act=mirror]"), viewer.camera.isMirrored);
    press(viewer.querySelector("[data-act=loop]"), viewer.cine.isLooping);
    if (this.player) {
      press(this.player, viewer.isPlaying);
      this.player.querySelector("span").textContent = this.player.dataset[viewer.isPlaying ? "stop" : "start"];
    }
    if (this.looks) this.chosen(viewer.looks.chosen?.key);
    if (this.facts) this.facts.textContent = facts(viewer);
    this.speak();
  }

  /* One's own window stands in the list only while it holds. */
  chosen(key) {
    const own = [...this.looks.options].find(({ value }) => value === "own");
    if (key === "own" && !own) this.looks.append(new Option(this.viewer.words.own, "own"));
    if (key !== "own") own?.remove();
    this.looks.value = key;
  }

  /* Politely, and only when the hand rests. */
  speak() {
    clearTimeout(this.timer);
    if (this.viewer.isPlaying || !this.spoken) return;
    this.timer = setTimeout(() => {
      const words = spoken(this.viewer);
      if (this.spoken.textContent !== words) this.spoken.textContent = words;
    }, 700);
  }
}

function press(button, isOn) {
  if (button && button.getAttribute("aria-pressed") !== String(isOn)) button.setAttribute("aria-pressed", String(isOn));
}
