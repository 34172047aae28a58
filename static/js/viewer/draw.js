/* Draws one frame on a 2D canvas; the shades of a large one are made by the graphics card where there is one. */

import { paint } from "./lut.js";

const LARGE = 2048 * 2048;

export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false, desynchronized: true });
    this.sheet = document.createElement("canvas");
  }

  /* `matrix` leads from pixels of the frame to pixels of the canvas; `grey` is one function for each look. */
  paint({ entry, grey, matrix, isSmooth }) {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.ground ?? "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(matrix);
    context.imageSmoothingEnabled = isSmooth;
    context.imageSmoothingQuality = "medium";
    const source = entry.bitmap ?? this.shaded(entry, grey);
    context.filter = entry.bitmap && grey.isInverted ? "invert(1)" : "none";
    context.drawImage(source, 0, 0, entry.columns, entry.rows);
  }

  /* Zooming and panning need no new shades. */
  shaded(entry, grey) {
    const { sheet } = this;
    if (this.entry === entry && this.grey === grey) return this.shown;
    Object.assign(this, { entry, grey });
    if (this.cardFor(entry)) return (this.shown = this.card.shade(entry, grey));
    if (sheet.width !== entry.columns || sheet.height !== entry.rows || !this.image) {
      sheet.width = entry.columns;
      sheet.height = entry.rows;
      this.image = new ImageData(entry.columns, entry.rows);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.onto = sheet.getContext("2d");
    }
    paint(this.pixels, entry, grey);
    this.onto.putImageData(this.image, 0, 0);
    return (this.shown = sheet);
  }

  /* The graphics card is asked for with the first large frame, which is drawn without it. */
  cardFor(entry) {
    if (entry.columns * entry.rows < LARGE) return false;
    this.asked ??= import("./webgl.js").then(({ Card }) => { this.card = Card.of(); }, () => {});
    return Boolean(this.card?.takes(entry));
  }
}
