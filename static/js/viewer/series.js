/* What the viewer knows of a series: where its frames are, how their values are meant, how they lie in the patient. */

export class Series {
  /* `view` is the answer of view.json; without it the frames are pictures and nothing is known of them. */
  constructor({ base, parts, view }) {
    Object.assign(this, { base, view: view ?? {} });
    this.frames = (view?.parts ?? parts).flatMap(([media, count, columns, rows, kind, first = 0]) => {
      const meant = view?.views[kind] ?? null;
      return Array.from({ length: count }, (_, frame) => ({ media, frame: first + frame, columns, rows, view: meant }));
    });
    const places = new Map();
    for (const one of this.frames) {
      const place = places.get(one.view) ?? 0;
      places.set(one.view, place + 1);
      one.place = place;
      one.position = one.view?.positions?.[place] ?? null;
    }
  }

  get count() { return this.frames.length; }

  address(frame, variant) {
    const { media, frame: index } = this.frames[frame];
    return `${this.base}${media}/${variant}${index}`;
  }

  /* The grey values come as they are stored; what has colour comes as a picture. */
  isStored(frame) {
    const { view } = this.frames[frame];
    return Boolean(view?.dtype) && (view.samples ?? 1) === 1;
  }

  /* How much higher than wide a pixel is. */
  aspect(frame) {
    const { spacing, aspect } = this.frames[frame].view ?? {};
    const [row, column] = spacing ?? aspect ?? [1, 1];
    return row / column;
  }

  /* The direction in which slices like this one follow one another; null where the plane is not known. */
  normal(frame) {
    const [a, b, c, d, e, f] = this.frames[frame].view?.orientation ?? [];
    return f === undefined ? null : [b * f - c * e, c * d - a * f, a * e - b * d];
  }

  /* Where a frame lies along the normal of its plane, in mm. */
  depth(frame) {
    const { position } = this.frames[frame];
    const normal = this.normal(frame);
    return position && normal ? normal.reduce((sum, part, axis) => sum + part * position[axis], 0) : null;
  }

  /* The letters at the four sides of the frame as it is stored: right, down, left, up. */
  letters(frame) { return this.frames[frame].view?.sides ?? null; }
}
