/* Sends many files at once, each as raw bytes into its own slot. A file's own name never leaves the browser. */

const PARALLEL = 2;
const RETRIES = 5;

/** The queue of one upload page: opens slots in order, sends two at a time, and keeps the rows in words. */
class UploadQueue {
  constructor(form) {
    this.form = form;
    this.words = JSON.parse(form.dataset.words);
    this.list = document.getElementById("upload-queue");
    this.count = document.getElementById("upload-count");
    this.live = document.getElementById("upload-says");
    this.next = document.getElementById("upload-next");
    this.stuck = document.getElementById("upload-stuck");
    this.files = new Map();
    this.requests = new Map();
    this.waiting = [];
    this.unopened = [];
    this.opening = Promise.resolve();
    this.list.addEventListener("click", (event) => this.#click(event));
    this.stuck.querySelector("button").addEventListener("click", () => this.add(this.unopened.splice(0)));
    this.#tell();
  }

  add(files) {
    this.stuck.hidden = true;
    for (const file of files) {
      this.opening = this.opening.then(() => this.#open(file));
    }
  }

  get isSending() {
    return this.requests.size > 0 || this.waiting.length > 0;
  }

  async #open(file) {
    const body = new FormData();
    for (const name of ["csrf_token", "draft", "record", "photo_kind"]) {
      body.set(name, new FormData(this.form).get(name) ?? "");
    }
    try {
      const answer = await fetch(this.form.dataset.slots, { method: "POST", body, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const row = parse(await answer.text());
      this.list.append(row);
      this.#remember(row.dataset.draft);
      this.files.set(row.id, file);
      drawPicture(row, file);
      this.#queue(row);
    } catch {
      this.unopened.push(file);
      this.stuck.hidden = false;
      this.#say(this.words.stuck);
    }
    this.#tell();
  }

  #remember(draft) {
    const field = this.form.elements.draft;
    if (field.value === draft) return;
    field.value = draft;
    const here = new URL(location.href);
    here.searchParams.set("draft", draft);
    history.replaceState(history.state, "", here);
  }

  #queue(row) {
    const limit = Number(this.form.dataset.limit);
    if (this.files.get(row.id).size > limit) {
      this.#note(row, this.words.large, "refused");
      return;
    }
    this.#note(row, this.words.waiting, "waiting");
    this.waiting.push(row.id);
    this.#pump();
  }

  #pump() {
    while (this.requests.size < PARALLEL && this.waiting.length > 0) {
      const row = document.getElementById(this.waiting.shift());
      if (row) this.#send(row, 0);
    }
  }

  #send(row, attempt) {
    const request = new XMLHttpRequest();
    this.requests.set(row.id, request);
    this.#note(row, this.words.sending, "sending");
    const bar = row.querySelector("[data-bar]");
    bar.hidden = false;
    request.upload.addEventListener("progress", (event) => this.#progress(row, bar, event));
    request.addEventListener("load", () => this.#answered(row, request, attempt));
    request.addEventListener("error", () => this.#stopped(row, this.words.cut));
    request.open("PUT", row.dataset.put);
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrf_token.value);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("HX-Request-Type", "partial");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(this.files.get(row.id));
  }

  #progress(row, bar, event) {
    if (!event.lengthComputable) return;
    const percent = Math.round((100 * event.loaded) / event.total);
    bar.value = percent;
    this.#note(row, percent < 100 ? this.words.sending : this.words.checking, "sending");
  }

  #answered(row, request, attempt) {
    if (request.status === 503 && attempt < RETRIES) {
      this.#waitForPlace(row, request, attempt);
      return;
    }
    this.requests.delete(row.id);
    if (request.status === 401 || request.status === 403) {
      this.#stopped(row, this.words.signedOut);
    } else if (request.responseText.includes('data-put="')) {
      this.#settle(row, parse(request.responseText));
    } else {
      this.#stopped(row, request.status === 413 ? this.words.large : this.words.cut);
    }
    this.#pump();
  }

  /* The row keeps its place among the two, so that a busy server is not asked by the whole queue at once. */
  #waitForPlace(row, request, attempt) {
    const asked = Number(request.getResponseHeader("Retry-After")) || 2;
    const seconds = Math.min(60, Math.ceil(asked * 1.6 ** attempt));
    this.#note(row, this.words.busy.replace("{seconds}", seconds), "sending");
    this.#say(this.words.busy.replace("{seconds}", seconds));
    const timer = setTimeout(() => this.#send(row, attempt + 1), seconds * 1000);
    this.requests.set(row.id, { abort: () => clearTimeout(timer) });
  }

  #settle(row, fresh) {
    row.replaceWith(fresh);
    globalThis.htmx?.process(fresh);
    if (fresh.dataset.state === "received") this.files.delete(fresh.id);
    else offerRetry(fresh);
    this.#tell();
    this.#say(`${fresh.dataset.name}: ${fresh.querySelector("[data-note]").textContent.trim()}`);
  }

  #stopped(row, words) {
    this.requests.delete(row.id);
    this.#note(row, words, "stopped");
    row.querySelector("[data-bar]").hidden = true;
    offerRetry(row);
    this.#say(`${row.dataset.name}: ${words}`);
    this.#tell();
    this.#pump();
  }

  #click(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-put]");
    if (button.dataset.act === "remove") this.#remove(row);
    else this.#queue(row);
  }

  async #remove(row) {
    this.requests.get(row.id)?.abort();
    this.requests.delete(row.id);
    this.waiting = this.waiting.filter((id) => id !== row.id);
    const headers = { "X-CSRFToken": this.form.elements.csrf_token.value, "HX-Request": "true", "HX-Request-Type": "partial" };
    const answer = await fetch(row.dataset.put, { method: "DELETE", headers }).catch(() => null);
    if (!answer?.ok && answer?.status !== 404) {
      this.#note(row, this.words.kept, "stopped");
      return;
    }
    this.files.delete(row.id);
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (beside?.querySelector("[data-act='remove']") ?? document.getElementById("upload-pick")).focus();
    this.#say(this.words.removed.replace("{name}", row.dataset.name));
    this.#tell();
    this.#pump();
  }

  #note(row, words, state) {
    row.dataset.state = state;
    const note = row.querySelector("[data-note]");
    if (note.textContent !== words) note.textContent = words;
    row.querySelector("[data-act='retry']").hidden = state !== "stopped";
  }

  #tell() {
    const rows = [...this.list.children];
    const ready = rows.filter((row) => row.dataset.state === "received").length;
    this.list.hidden = rows.length === 0;
    this.count.hidden = rows.length === 0;
    this.count.textContent = this.words.count.replace("{ready}", ready).replace("{all}", rows.length);
    this.next.hidden = ready === 0;
    this.next.href = this.form.dataset.review.replace("DRAFT", this.form.elements.draft.value);
  }

  #say(words) {
    this.live.textContent = words;
  }
}

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.querySelector("[data-put]");
}

function offerRetry(row) {
  row.querySelector("[data-act='retry']").hidden = row.dataset.state === "refused";
}

/* A small picture before anything is sent; the browser decodes it, so only photos have one. */
async function drawPicture(row, file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: 160, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    canvas.setAttribute("aria-hidden", "true");
    row.querySelector("[data-plate]")?.replaceChildren(canvas);
  } catch {
    // A DICOM file; the server's preview follows.
  }
}

/* Folders may be dropped too: a CD's images lie several folders deep. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (entry.isFile) {
    found.push(await new Promise((done, failed) => entry.file(done, failed)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, found);
  }
}

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
    queue.add(await filesOf(event.dataTransfer));
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) queue.add(event.clipboardData.files);
  });
}

function takePicks(form, queue) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      // A copy first: emptying the field empties its list, and the same file may be chosen again.
      const files = [...input.files];
      input.value = "";
      queue.add(files);
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
}

const form = document.querySelector("[data-upload]");
if (form) {
  const queue = new UploadQueue(form);
  form.classList.add("is-live");
  document.getElementById("upload-pick").multiple = true;
  takePicks(form, queue);
  takeDrops(queue);
  addEventListener("beforeunload", (event) => queue.isSending && event.preventDefault());
}
