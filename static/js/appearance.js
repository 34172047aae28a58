/* Shows in the preview at once what the form would save. */

const form = document.querySelector("#appearance");
const preview = document.querySelector("[data-preview]");

function show() {
  const chosen = new FormData(form);
  for (const name of ["theme", "contrast", "text", "motion"]) preview.setAttribute(`data-${name}`, chosen.get(name));
  for (const name of ["keys", "covers"]) preview.toggleAttribute(`data-${name}`, chosen.has(name));
}

form.addEventListener("change", show);
// A browser that comes back to the page may have kept other answers than those it was sent.
show();
