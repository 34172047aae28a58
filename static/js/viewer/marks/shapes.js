/* The outlines of marks on the screen. Their points are pixels of the frame; `toScreen` knows how the frame lies. */

const HEAD = 13; // pixels of the screen
const BAR = 7;
const ROUND = Array.from({ length: 49 }, (_, step) => (step * Math.PI) / 24);

const pair = ({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
const line = (points) => `M${points.map(pair).join("L")}`;

/* Give the path of a shape and where its letter stands: beside the tail of an arrow, above the rest. */
export function outline({ kind, points, text }, toScreen) {
  const ends = points.map(([x, y]) => toScreen(x, y));
  return OUTLINES[kind](ends, points, toScreen, text);
}

const OUTLINES = {
  arrow([tip, tail]) {
    const way = Math.atan2(tail.y - tip.y, tail.x - tip.x);
    const barbs = [-0.45, 0.45].map((turn) => ({ x: tip.x + HEAD * Math.cos(way + turn), y: tip.y + HEAD * Math.sin(way + turn) }));
    return { d: line([tail, tip]) + line([barbs[0], tip, barbs[1]]), at: beyond(tip, tail) };
  },

  length([from, to]) {
    const way = Math.atan2(to.y - from.y, to.x - from.x) + Math.PI / 2;
    const [x, y] = [BAR * Math.cos(way), BAR * Math.sin(way)];
    const bars = [from, to].map((end) => line([{ x: end.x - x, y: end.y - y }, { x: end.x + x, y: end.y + y }]));
    return { d: line([from, to]) + bars.join(""), at: beyond(from, to) };
  },

  box(_ends, [[left, top], [right, bottom]], toScreen) {
    const corners = [[left, top], [right, top], [right, bottom], [left, bottom]].map(([x, y]) => toScreen(x, y));
    return { d: `${line(corners)}Z`, at: above(corners) };
  },

  ellipse(_ends, [[left, top], [right, bottom]], toScreen) {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const points = ROUND.map((turn) => toScreen(x + (Math.cos(turn) * (right - left)) / 2, y + (Math.sin(turn) * (bottom - top)) / 2));
    return { d: `${line(points)}Z`, at: above(points) };
  },

  /* Only where a finger reaches for it; the words themselves are the mark. */
  text([{ x, y }], _points, _toScreen, words) {
    const half = 4 * words.length;
    return { d: line([{ x: x - half, y }, { x: x + half, y }]), at: { x, y } };
  },
};

function beyond(from, to) {
  const far = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: to.x + (14 * (to.x - from.x)) / far, y: to.y + (14 * (to.y - from.y)) / far };
}

function above(points) {
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  return { x: left + 9, y: top - 12 };
}

/* A shape of a size that can be seen and moved, in the middle of the frame, for whoever draws without a pointer. */
export function inTheMiddle(kind, columns, rows) {
  const [x, y, size] = [columns / 2, rows / 2, Math.min(columns, rows) / 8];
  return kind === "text" ? [[x, y]] : [[x, y], [x + size, y + size]];
}
