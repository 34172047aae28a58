/* Fingers and keys on the marks themselves: press one to choose it; one's own can be dragged once it is chosen. */

const STILL = 5; // pixels that a finger trembles
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function hold(marks) {
  const under = ({ target }) => marks.marks.find(({ id }) => id === target.closest?.("[data-shape]")?.dataset.shape);
  const { svg } = marks.layer;
  svg.addEventListener("pointerdown", (event) => !event.button && event.isPrimary && take(marks, under(event), event));
  svg.addEventListener("keydown", (event) => key(marks, under(event), event));
}

/* Whatever else a finger does that begins on a mark, scrolling for instance, is left to the tool. */
function take(marks, mark, event) {
  if (!mark) return;
  const { stage } = marks.viewer;
  const isHeld = mark.isOwn && marks.canDraw && marks.chosen === mark;
  const start = marks.at(event);
  const { points } = mark;
  let isStill = true;
  if (isHeld) {
    event.stopPropagation();
    marks.layer.svg.setPointerCapture(event.pointerId);
  }
  const follow = new AbortController();
  const on = (name, act) => stage.addEventListener(name, act, { signal: follow.signal });
  on("pointermove", (moved) => {
    isStill &&= Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < STILL;
    if (isStill || !isHeld) return;
    const { x, y } = marks.at(moved);
    mark.points = points.map(([left, top]) => [left + x - start.x, top + y - start.y]);
    marks.draw();
  });
  on("pointerup", () => {
    follow.abort();
    if (isStill) marks.choose(mark.id);
    else if (isHeld) marks.save(mark);
  });
  on("pointercancel", () => {
    follow.abort();
    mark.points = points;
    marks.draw();
  });
}

function key(marks, mark, event) {
  if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
  const way = WAYS[event.key];
  const isMine = mark.isOwn && marks.canDraw;
  if (event.key === "Enter") marks.choose(mark.id);
  else if (event.key === "Delete" && isMine) marks.remove(mark);
  else if (way && isMine) nudge(marks, mark, way.map((part) => part * (event.shiftKey ? 10 : 1)));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function nudge(marks, mark, [dx, dy]) {
  mark.points = mark.points.map(([x, y]) => [x + dx, y + dy]);
  marks.draw();
  marks.saveSoon(mark);
}
