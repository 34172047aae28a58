/* What the viewer says about what it shows, to the eye and to the ear; the sentences come from the page. */

export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/* The window of the frame that is shown, or the name of its table. */
function look({ entry, looks, words }) {
  if (!entry?.stored) return "";
  const { lut, center, width } = looks.of(entry);
  if (lut) return looks.chosen.label;
  const digits = width < 10 ? 2 : 0;
  return fill(words.window, { center: center.toFixed(digits), width: width.toFixed(digits) });
}

/* What stands under the picture: where it lies, through which window, how large. */
export function facts(viewer) {
  const depth = viewer.series.depth(viewer.frame);
  const { zoom } = viewer.camera;
  return [
    viewer.isPoor ? viewer.words.poor : "",
    depth === null ? "" : `${depth.toFixed(1).replace("-", "−")}\u00a0mm`,
    look(viewer),
    zoom === 1 ? "" : `${zoom.toFixed(1)}\u00a0×`,
  ].filter(Boolean).join(" · ");
}

/* "Slice 12 of 40, window 400 level 40" */
export function spoken(viewer) {
  const { series, frame, count, words } = viewer;
  const where = fill(series.depth(frame) === null ? words.image : words.slice, { n: frame + 1, all: count });
  return [where, look(viewer)].filter(Boolean).join(", ");
}
