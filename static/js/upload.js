/* The page that takes images: what is chosen, dropped or pasted goes into the queue. No file's name leaves the browser. */

import { takeDrops } from "./upload/drags.js";
import { Lines } from "./upload/lines.js";
import { UploadQueue } from "./upload/queue.js";
import { pasted, picked } from "./upload/sources.js";

function takePicks(form, queue) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    const take = () => {
      // A copy first: emptying the field empties its list, and the same file may be chosen again.
      const files = picked(input);
      input.value = "";
      queue.add(files);
    };
    input.addEventListener("change", take);
    // On a slow line somebody may have chosen before this file arrived.
    if (input.files.length) take();
  }
  form.addEventListener("submit", (event) => event.preventDefault());
}

function open(form) {
  const queue = new UploadQueue(form, new Lines(form));
  form.classList.add("is-live");
  document.getElementById("upload-pick").multiple = true;
  takePicks(form, queue);
  takeDrops((files) => queue.add(files));
  addEventListener("paste", ({ clipboardData }) => {
    if (clipboardData?.files.length) queue.add(pasted(clipboardData.files));
  });
  // This page may have come in the place of a wall, without a load between; the way back then needs one.
  const { pathname } = location;
  addEventListener("popstate", () => location.pathname !== pathname && location.reload());
  addEventListener("beforeunload", (event) => queue.isSending && event.preventDefault());
  return queue;
}

const form = document.querySelector("[data-upload]");
/** The queue of this page. */
export const queue = form && open(form);
