/* All frames of a series at once, small; the one that is pressed is shown. They are the pictures that the server made, so
 * that a telephone needs no more than it can hold. */

export function install(viewer) {
  const sheet = document.createElement("div");
  sheet.className = "viewer-sheet";
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", viewer.words.all);
  const counts = new Map();
  for (const { media } of viewer.series.frames) counts.set(media, (counts.get(media) ?? 0) + 1);
  sheet.append(...viewer.series.frames.map(({ media }, frame) => cell(viewer, frame, counts.get(media) === 1)));
  sheet.hidden = true;
  viewer.stage.append(sheet);
  sheet.addEventListener("pointerdown", (event) => event.stopPropagation());
  sheet.addEventListener("wheel", (event) => event.stopPropagation());
  sheet.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    viewer.go(Number(pressed.dataset.frame));
    show(false);
  });
  sheet.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1, Escape: 0 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (way) sheet.children[[...sheet.children].indexOf(document.activeElement) + way]?.focus();
    else show(false);
  });

  function show(isShown) {
    sheet.hidden = !isShown;
    viewer.querySelector("[data-act=sheet]").setAttribute("aria-pressed", String(isShown));
    [...sheet.children].forEach((one, frame) => one.toggleAttribute("aria-current", frame === viewer.frame));
    if (!isShown) return viewer.stage.focus();
    viewer.stop();
    sheet.children[viewer.frame].scrollIntoView({ block: "center" });
    sheet.children[viewer.frame].focus();
  }

  viewer.sheet = () => show(sheet.hidden);
  show(true);
}

/* An image of one frame has a small picture; of many frames only one has. */
function cell(viewer, frame, isAlone) {
  const { media, columns, rows } = viewer.series.frames[frame];
  const picture = new Image(columns, rows);
  Object.assign(picture, { loading: "lazy", decoding: "async", alt: "" });
  picture.src = isAlone ? `${viewer.series.base}${media}/w236` : viewer.series.address(frame, "f");
  const number = document.createElement("span");
  number.textContent = frame + 1;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.frame = frame;
  button.append(picture, number);
  return button;
}
