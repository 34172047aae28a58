/* How the frame lies on the stage: zoom, shift, quarter turns, mirror; from pixels of the frame to those of the stage and back. */

const GUTTER = 22; // for the letters, so that none lies on the picture before it is enlarged
const MOST = 40;

export class Camera {
  constructor(gutter = GUTTER) {
    this.size = { width: 1, height: 1 };
    this.frame = { columns: 1, rows: 1, aspect: 1 };
    this.gutter = gutter;
    this.reset();
  }

  reset() { Object.assign(this, { zoom: 1, x: 0, y: 0, turn: 0, isMirrored: false }); }

  /* Pixels of the stage for one pixel of the frame, across. */
  get scale() {
    const { columns, rows, aspect } = this.frame;
    const lying = [columns, rows * aspect];
    const [width, height] = this.turn % 2 ? lying.reverse() : lying;
    const room = (side) => Math.max(1, side - 2 * this.gutter);
    return this.zoom * Math.min(room(this.size.width) / width, room(this.size.height) / height);
  }

  get matrix() {
    const { columns, rows, aspect } = this.frame;
    const { scale } = this;
    return new DOMMatrix()
      .translateSelf(this.size.width / 2 + this.x, this.size.height / 2 + this.y)
      .rotateSelf(90 * this.turn)
      .scaleSelf(this.isMirrored ? -scale : scale, scale * aspect)
      .translateSelf(-columns / 2, -rows / 2);
  }

  toScreen(x, y) {
    const { a, b, c, d, e, f } = this.matrix;
    return { x: a * x + c * y + e, y: b * x + d * y + f };
  }

  toImage(x, y) {
    const { a, b, c, d, e, f } = this.matrix.inverse();
    return { x: a * x + c * y + e, y: b * x + d * y + f };
  }

  /* Zoom so that what lies under a point of the stage stays there; the middle where none is told. */
  zoomTo(zoom, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    const before = this.zoom;
    this.zoom = Math.min(MOST, Math.max(0.5, zoom));
    const part = this.zoom / before;
    const middle = { x: at.x - this.size.width / 2, y: at.y - this.size.height / 2 };
    this.x = middle.x - (middle.x - this.x) * part;
    this.y = middle.y - (middle.y - this.y) * part;
  }

  /* At least a corner of the frame stays on the stage. */
  shift(dx, dy) {
    const { columns, rows, aspect } = this.frame;
    const reach = (this.scale * Math.max(columns, rows * aspect)) / 2;
    const hold = (value, side) => Math.min(side / 2 + reach - 40, Math.max(40 - reach - side / 2, value));
    this.x = hold(this.x + dx, this.size.width);
    this.y = hold(this.y + dy, this.size.height);
  }

  /* Put the values of the four sides of the stored frame (right, down, left, up) where they are seen now. */
  sides([right, down, left, up]) {
    const seen = this.isMirrored ? [left, down, right, up] : [right, down, left, up];
    return seen.map((_, side) => seen[(side - this.turn + 4) % 4]);
  }
}
