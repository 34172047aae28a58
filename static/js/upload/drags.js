/* Follows what is dragged above the window, and gives the files that are dropped on it away. */

import { dropped } from "./sources.js";

/* A picture that is dragged out of a page says “Files” too, and brings its markup along. */
const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") && !dataTransfer.types.includes("text/html");

/** Calls `take` with dropped files until `signal` ends it; `depth` says whether some hang above the page already. */
export function takeDrops(take, { signal, depth = 0 } = {}) {
  const veil = () => document.documentElement.classList.toggle("is-dropping", depth > 0);
  const on = (kind, act) => addEventListener(kind, (event) => carriesFiles(event) && act(event), { signal });
  on("dragenter", () => { depth += 1; veil(); });
  on("dragleave", () => { depth = Math.max(0, depth - 1); veil(); });
  on("dragover", (event) => event.preventDefault());
  on("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    veil();
    take(await dropped(event.dataTransfer));
  });
  veil();
}
