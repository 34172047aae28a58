/* What lies over the picture: letters of direction, a scale bar, and what tools and marks draw. */

export const STEPS = [500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1];

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  draw(viewer, ratio) {
    const { context } = this;
    const { width, height } = viewer.camera.size;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    Object.assign(context, { font: "600 14px system-ui, sans-serif", fillStyle: "#eceff1", strokeStyle: "#000", lineJoin: "round" });
    this.letters(viewer, width, height, this.scale(viewer, height));
    for (const layer of viewer.layers) {
      context.save();
      layer.draw(context, viewer);
      context.restore();
    }
  }

  text(words, x, y) {
    this.context.lineWidth = 3;
    this.context.strokeText(words, x, y);
    this.context.fillText(words, x, y);
  }

  /* On a narrow stage the letter below makes way for the words of the scale. */
  letters({ series, frame, camera }, width, height, taken) {
    const letters = series.letters(frame);
    if (!letters) return;
    const places = [[width - 11, height / 2], [Math.max(width / 2, taken + 22), height - 11], [11, height / 2], [width / 2, 11]];
    this.context.textBaseline = "middle";
    camera.sides(letters).forEach((letter, side) => {
      this.context.textAlign = ["end", "center", "start", "center"][side];
      this.text(letter, places[side][0] + [7, 0, -7, 0][side], places[side][1]);
    });
  }

  /* As long as a round number of millimetres that fits a quarter of the stage; says where its words end. */
  scale({ series, frame, camera, words }, height) {
    const { view } = series.frames[frame];
    if (!view?.spacing) return 0;
    const unit = camera.scale / view.spacing[1];
    const length = STEPS.find((step) => step * unit < camera.size.width / 4) ?? STEPS.at(-1);
    const [x, y] = [8, height - 8];
    for (const [style, width] of [["#000", 4], ["#eceff1", 1.5]]) {
      this.context.lineWidth = width;
      this.context.strokeStyle = style;
      this.context.beginPath();
      for (const [dx, dy] of [[0, -6], [0, 0], [length * unit, 0], [length * unit, -6]]) this.context.lineTo(x + dx, y + dy);
      this.context.stroke();
    }
    this.context.strokeStyle = "#000";
    this.context.textAlign = "start";
    this.context.textBaseline = "bottom";
    const label = length >= 10 ? `${length / 10} cm` : `${length} mm`;
    // In a projection the body is smaller than its shadow on the detector.
    const text = view.spacing_kind === "detector" ? `${label} ${words.detector}` : label;
    const start = x + length * unit + 6;
    this.text(text, start, y + 4);
    return start + this.context.measureText(text).width;
  }
}
