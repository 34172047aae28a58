/* <series-viewer>: shows one series frame by frame; by hand, by key and aloud.
 *
 * Before this file arrives the picture is a plain <img> and the steps are links. What other modules may rely on:
 *
 * viewer.count, .frame, .go(frame), .series, .camera, .looks, .words, .stage (the element of the picture)
 * viewer.toImage(x, y), .toScreen(x, y)   between pixels of the stage and of the frame
 * viewer.valuesOf(frame)                  a promise of {stored, columns, rows, view, unit} or {colours, columns, rows}
 * viewer.addTool({name, label, key, onDown, onMove, onUp, draw})   see tools.js; `.setTool(name)` chooses one
 * viewer.addLayer({draw(context, viewer)}), .redraw()              whatever else lies over the picture
 * viewer.painter                          {paint({entry, grey, matrix, isSmooth})}, see draw.js
 * events "ready", "frame" {frame}, "look", "camera", "shown" {frame}, "gone", none of which bubble
 */

import { Bar } from "./bar.js";
import { Camera } from "./camera.js";
import { Cine } from "./cine.js";
import { Painter } from "./draw.js";
import { Frames } from "./frames.js";
import { Input } from "./input.js";
import { Looks } from "./looks.js";
import { unitOf } from "./lut.js";
import { Overlay } from "./overlay.js";
import { Series } from "./series.js";
import { OWN } from "./tools.js";

const PARTS = {
  measure: "./tools/measure.js", compare: "./tools/compare.js", montage: "./tools/montage.js", marks: "./marks.js", planes: "./planes.js",
};
const PATIENCE = 250; // ms until a frame that is awaited is said to be awaited

class SeriesViewer extends HTMLElement {
  async connectedCallback() {
    this.stage = this.querySelector(".picture");
    this.image = this.stage?.querySelector("img");
    if (!this.image) return;
    if (this.bar) return this.listen();
    this.words = JSON.parse(this.dataset.words);
    this.frame = Number(this.dataset.frame);
    this.image.addEventListener("error", () => this.fail());
    this.series = await this.know();
    if (!this.isConnected) return;
    this.frames = new Frames(this.series);
    this.looks = new Looks(this.series, this.words);
    this.camera = new Camera(this.classList.contains("photo") ? 0 : undefined);
    this.tools = Object.fromEntries(Object.entries(OWN).map(([name, tool]) => [name, { ...tool }]));
    this.layers = [];
    this.cine = new Cine(this);
    const plain = this.count > 1 ? "scroll" : "pan";
    this.tool = this.tools[this.isGrey && !isCoarse() ? "window" : plain];
    this.lay();
    this.bar = new Bar(this);
    this.setTool(this.tool.name);
    this.classList.add("is-live");
    this.listen();
    if (this.dataset.marks && document.querySelector(this.dataset.marks)) this.part("marks");
    this.tell("ready");
    this.go(this.frame);
  }

  listen() {
    this.input = new Input(this);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.stage);
  }

  disconnectedCallback() {
    this.stop();
    this.input?.stop();
    this.watcher?.disconnect();
    this.frames?.stop();
    this.tell("gone");
  }

  /* What the server knows of the series; without it the frames are shown as pictures. */
  async know() {
    const { base = "/media/", parts, view } = this.dataset;
    const size = ["width", "height"].map((side) => Number(this.image.getAttribute(side)));
    const listed = parts.split(" ").map((part) => part.split(":")).map(([name, count]) => [name, Number(count), ...size]);
    const known = view && (await fetch(view).then((answer) => (answer.ok ? answer.json() : null), () => null));
    this.isPoor = known === null;
    return new Series({ base, parts: listed, view: known });
  }

  lay() {
    const [picture, over] = ["viewer-frame", "viewer-over"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = name;
      canvas.setAttribute("aria-hidden", "true");
      return canvas;
    });
    this.stage.append(picture, over);
    this.painter = new Painter(picture);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "group");
    this.stage.setAttribute("aria-label", this.words.stage);
    this.painter.ground = getComputedStyle(this).backgroundColor;
    this.overlay = new Overlay(over);
  }

  get count() { return this.series.count; }
  get isGrey() { return this.looks.isGrey; }
  get isFull() { return document.fullscreenElement === this || this.classList.contains("is-full"); }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  /* ---- frames ---- */

  /* Show a frame; what stands there stays until it is here, and the number says which one is meant. */
  async go(wanted) {
    const frame = Math.min(this.count - 1, Math.max(0, wanted));
    const way = Math.sign(frame - this.frame) || 1;
    const isNew = frame !== this.frame;
    this.frame = frame;
    if (isNew) this.tell("frame", { frame });
    let entry = this.frames.get(frame);
    if (!entry) {
      this.await();
      try {
        entry = await this.frames.load(frame);
      } catch (problem) {
        if (this.frame === frame && problem.name !== "AbortError") this.fail();
        else if (this.frame === frame) setTimeout(() => this.frame === frame && this.go(frame));
        return;
      }
      if (this.frame !== frame) return;
    }
    clearTimeout(this.waiting);
    this.note("");
    this.entry = entry;
    this.frames.shown = frame;
    this.camera.frame = { columns: entry.columns, rows: entry.rows, aspect: this.series.aspect(frame) };
    this.redraw();
    this.frames.around(frame, way);
    this.tell("shown", { frame });
  }

  await() {
    this.redraw();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.note(this.words.loading), PATIENCE);
  }

  note(words) {
    const line = this.querySelector("[data-note]");
    if (line && line.textContent !== words) line.textContent = words;
    this.querySelector(".failed").hidden = true;
    this.classList.toggle("is-waiting", Boolean(words));
  }

  fail() {
    this.stop();
    clearTimeout(this.waiting);
    this.note("");
    this.classList.add("is-waiting");
    this.querySelector(".failed").hidden = false;
  }

  retry() { this.go(this.frame); }

  /* What a frame holds, for those who measure. */
  async valuesOf(frame) {
    const entry = await this.frames.load(frame);
    const { stored, bitmap, columns, rows, view } = entry;
    if (stored) return { stored, columns, rows, view, unit: unitOf(view) };
    const sheet = new OffscreenCanvas(columns, rows).getContext("2d");
    sheet.drawImage(bitmap, 0, 0, columns, rows);
    return { colours: sheet.getImageData(0, 0, columns, rows).data, columns, rows, view };
  }

  /* ---- drawing, once for each turn of the screen ---- */

  redraw() {
    this.turn ??= requestAnimationFrame(() => {
      this.turn = null;
      this.draw();
    });
  }

  draw() {
    const { entry, camera, painter } = this;
    this.bar.update();
    if (!entry) return;
    const ratio = painter.canvas.width / camera.size.width;
    const began = performance.now();
    painter.paint({
      entry,
      grey: this.looks.grey(entry),
      matrix: new DOMMatrix().scaleSelf(ratio).multiplySelf(camera.matrix),
      isSmooth: camera.scale * ratio < 8,
    });
    this.took = performance.now() - began;
    this.classList.add("is-drawn");
    this.overlay.draw(this, ratio);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    const ratio = Math.min(devicePixelRatio, 3);
    this.camera.size = { width, height };
    for (const canvas of [this.painter.canvas, this.overlay.canvas]) {
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    }
    // At once: a canvas that was resized is empty until it is drawn.
    this.draw();
  }

  toImage(x, y) { return this.camera.toImage(x, y); }
  toScreen(x, y) { return this.camera.toScreen(x, y); }

  /* ---- tools ---- */

  addTool(tool) {
    this.tools[tool.name] = tool;
    this.bar.button(tool);
    if (tool.draw) this.addLayer(tool);
    this.redraw();
  }

  setTool(name) {
    this.tool.onLeave?.(this);
    this.tool = this.tools[name] ?? this.tool;
    this.dataset.tool = this.tool.name;
    // A single picture that is not enlarged lets the page scroll under a finger.
    this.stage.style.touchAction = this.tool.name === "pan" && this.count === 1 && this.camera.zoom === 1 ? "pan-y" : "none";
    this.redraw();
  }

  addLayer(layer) { this.layers.push(layer); this.redraw(); }

  /* Fetch a part of the viewer when it is first asked for. What did not come is forgotten, because a browser asks anew
     for a module that failed, and whoever wants it is told and can try again. */
  async part(name) {
    this.parts ??= {};
    this.parts[name] ??= import(PARTS[name]).then((module) => {
      this.missing(name, false);
      return module.install(this);
    }, () => {
      delete this.parts[name];
      this.missing(name, true);
    });
    return this.parts[name];
  }

  /* The line with the way to try again stands for the part that failed last. */
  missing(name, isMissing) {
    const line = this.querySelector("[data-unreached]");
    const again = line.querySelector("button");
    if (isMissing) again.dataset.part = name;
    if (again.dataset.part !== name || line.hidden === !isMissing) return;
    if (line.contains(document.activeElement)) this.stage.focus();
    line.hidden = !isMissing;
  }

  /* ---- what the controls do ---- */

  chooseLook(key) { this.looks.choose(key); this.changed("look"); }
  nextLook() { this.looks.next(); this.changed("look"); }
  invert() { this.looks.isInverted = !this.looks.isInverted; this.changed("look"); }

  shiftLook(wider, higher) {
    if (!this.entry?.stored) return;
    this.looks.shift(this.entry, wider, higher);
    this.changed("look");
  }

  panBy(dx, dy) { this.camera.shift(dx, dy); this.changed("camera"); }
  zoomBy(part, at) { this.camera.zoomTo(this.camera.zoom * part, at); this.changed("camera"); }
  larger() { this.zoomBy(1.25); }
  smaller() { this.zoomBy(0.8); }
  rotate() { this.camera.turn = (this.camera.turn + 1) % 4; this.changed("camera"); }
  mirror() { this.camera.isMirrored = !this.camera.isMirrored; this.changed("camera"); }

  fit() {
    this.camera.reset();
    this.changed("camera");
  }

  changed(name) {
    this.setTool(this.tool.name);
    this.tell(name);
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen && !this.isFull) this.requestFullscreen().catch(() => this.classList.add("is-full"));
    else this.classList.toggle("is-full");
  }

  /* ---- cine ---- */

  get isPlaying() { return Boolean(this.cine?.isPlaying); }
  play() { this.cine[this.isPlaying ? "stop" : "start"](); }
  stop() { this.cine?.stop(); }
  loop() { this.cine.isLooping = !this.cine.isLooping; this.redraw(); }
}

const isCoarse = () => matchMedia("(pointer: coarse)").matches;

customElements.define("series-viewer", SeriesViewer);
