/* Files that come to a wall begin a new case. A browser hands files to no other page, so the page that takes them is put in
   the place of this one; its address, its way back and a reload are those of the page itself. */

import { takeDrops } from "./drags.js";
import { pasted } from "./sources.js";

const STYLES = ["case", "drafts"];
let coming = null;

/** Makes ready for files that hang above this page, and opens the page that takes them for those that are here. */
export function come(files) {
  coming ??= begin(files.length === 0);
  if (files.length > 0) coming.open(pasted(files));
}

function begin(isHanging) {
  const board = document.querySelector("[data-drop-target]").dataset.dropTarget;
  const address = board ? `/new?board=${encodeURIComponent(board)}` : "/new";
  const listening = new AbortController();
  const asked = ask(address);
  let queue = null;
  const open = async (files) => {
    listening.abort();
    queue ??= asked.then((page) => show(page, address));
    (await queue)?.add(files);
  };
  takeDrops(open, { signal: listening.signal, depth: isHanging ? 1 : 0 });
  asked.then((page) => document.body.append(page.querySelector(".upload-veil")?.cloneNode(true) ?? ""));
  return { open };
}

async function ask(address) {
  for (const name of STYLES) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(`../../css/${name}.css`, import.meta.url) }));
  }
  const html = await fetch(address).then((answer) => answer.text(), () => "");
  return new DOMParser().parseFromString(html, "text/html");
}

async function show(page, address) {
  if (!page.querySelector("[data-upload]")) {
    // Something else comes first: signing in, a question about consent, a connection.
    location.assign(address);
    return null;
  }
  const main = document.adoptNode(page.querySelector("main"));
  document.title = page.title;
  document.querySelector("body > .upload-veil")?.remove();
  document.querySelector("main").replaceWith(main);
  for (const link of document.querySelectorAll("nav [aria-current]")) link.removeAttribute("aria-current");
  history.pushState(null, "", address);
  scrollTo(0, 0);
  main.focus();
  return (await import("../upload.js")).queue;
}
