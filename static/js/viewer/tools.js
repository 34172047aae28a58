/* What a drag on the picture does: the four tools that every series has.
 *
 * A tool is {name, label, key?, cursor?, onDown?, onMove?, onUp?, onCancel?, onHover?, onArrow?, onKey?, onLeave?, draw?}. A point is {x, y} in
 * pixels of the stage, {image: {x, y}} in pixels of the frame (0, 0 is the outer corner of the first pixel), {frame, event}
 * and, while it moves, {dx, dy, first}. `draw(context, viewer)` works in pixels of the stage.
 */

/* Frames for a way of the thumb: the whole series lies within the height of the stage, and no frame is hard to hit. */
const stepOf = ({ count, camera }) => Math.min(24, Math.max(3, (camera.size.height * 0.8) / count));

export const OWN = {
  scroll: {
    onDown(point, viewer) { Object.assign(this, { from: viewer.frame, start: point.y }); },
    onMove(point, viewer) { viewer.go(this.from + Math.round((point.y - this.start) / stepOf(viewer))); },
    onArrow(dx, dy, viewer) { viewer.stop(); viewer.go(viewer.frame + (dx || dy)); },
  },
  window: {
    onMove({ dx, dy }, viewer) { viewer.shiftLook(dx, -dy); },
    onArrow(dx, dy, viewer) { viewer.shiftLook(8 * dx, -8 * dy); },
  },
  pan: {
    onMove({ dx, dy }, viewer) { viewer.panBy(dx, dy); },
    onArrow(dx, dy, viewer) { viewer.panBy(-40 * dx, -40 * dy); },
  },
  zoom: {
    onMove({ dy, first }, viewer) { viewer.zoomBy(Math.exp(-dy / 150), first); },
    onArrow(dx, dy, viewer) { viewer.zoomBy(1.25 ** (dx || -dy)); },
  },
};

for (const [name, tool] of Object.entries(OWN)) Object.assign(tool, { name, isOwn: true });
