/* Says what was measured; the sentences come from the page, the numbers are as exact as they can be meant. */

import { fill } from "../words.js";
import { angleOf, areaOf, lengthOf, statisticsOf } from "./values.js";

/* At most three digits that count, and a minus that is one. */
export function number(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = Number(value.toFixed(digits));
  return (Object.is(rounded, -0) ? 0 : rounded).toFixed(digits).replace("-", "−");
}

/* The lines beside a measure, the most wanted first. */
export function told({ kind, points }, frame, words) {
  const { view } = frame;
  if (kind === "length") {
    const { value, unit } = lengthOf(points, view);
    const length = `${value.toFixed(1)} ${unit}`;
    return [unit === "mm" && view.spacing_kind === "detector" ? `${length} ${words.detector}` : length];
  }
  if (kind === "angle") return points.length < 3 ? [] : [`${angleOf(points, view).toFixed(1)}°`];
  const area = areaOf(kind, points, view);
  const inside = statisticsOf(kind, points, frame);
  const unit = view?.unit ?? "";
  const told = inside && {
    mean: `${number(inside.mean)} ${unit}`.trim(), deviation: number(inside.deviation),
    least: number(inside.least), most: number(inside.most),
  };
  return [...(told ? [fill(words.mean, told), fill(words.range, told)] : []), `${number(area.value)} ${area.unit}`];
}
