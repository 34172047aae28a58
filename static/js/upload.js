/* The page that takes images: what is chosen, dropped or pasted goes into the queue. No file's name leaves the browser. */

import { Lines } from "./upload/lines.js";
import { UploadQueue } from "./upload/queue.js";
import { dropped, pasted, picked } from "./upload/sources.js";

function takeDrops(queue) {
  const root = document.documentElement;
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const veil = (shown) => root.classList.toggle("is-dropping", shown);
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    veil(true);
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    veil(depth > 0);
  });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil(false);
    queue.add(await dropped(event.dataTransfer));
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) queue.add(pasted(event.clipboardData.files));
  });
}

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

const form = document.querySelector("[data-upload]");
if (form) {
  const queue = new UploadQueue(form, new Lines(form));
  form.classList.add("is-live");
  document.getElementById("upload-pick").multiple = true;
  takePicks(form, queue);
  takeDrops(queue);
  addEventListener("beforeunload", (event) => queue.isSending && event.preventDefault());
}
