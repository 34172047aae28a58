/* One tool for each shape: press where it begins and draw. */

export const KINDS = ["arrow", "box", "ellipse", "length", "text"];
const SMALLEST = 6; // pixels of the screen

export const toolOf = (kind) => `mark-${kind}`;

export function drawing(marks) {
  return Object.fromEntries(KINDS.map((kind) => [toolOf(kind), toolFor(kind, marks)]));
}

function toolFor(kind, marks) {
  let start = null;
  const pointsTo = ({ x, y }) => (kind === "text" ? [[x, y]] : [[start.image.x, start.image.y], [x, y]]);
  const drop = () => {
    start = null;
    marks.sketch(null);
  };
  return {
    name: toolOf(kind),
    onDown: (point) => { start = point; },
    onMove: ({ image }) => start && marks.sketch({ kind, points: pointsTo(image) }),
    onCancel: drop,
    onUp({ x, y, image }) {
      if (!start) return;
      const isSlip = kind !== "text" && Math.hypot(x - start.x, y - start.y) < SMALLEST;
      const points = pointsTo(image);
      drop();
      if (isSlip) return;
      marks.add({ kind, points });
      marks.bar.put();
    },
  };
}
