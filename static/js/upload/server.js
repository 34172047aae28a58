/* Speaks with the server: opens slots, sends bytes, asks how a file fared. Says which failures pass by themselves. */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const STALLED = 45_000;
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };

/** The connection was lost, for a moment or for good; nothing of the file is kept. */
export class Cut extends Error {}

/** The server answers and will not take more now; somebody has to do something first. */
export class Halt extends Error {
  constructor(word, words = "") {
    super(word);
    this.word = word;
    this.words = words;
  }
}

export class Server {
  constructor(form) {
    this.form = form;
    this.requests = new Set();
    this.opening = Promise.resolve();
  }

  /** Opens slots and gives their rows; one request after another, because the first one begins the draft. */
  open(slots) {
    const rows = this.opening.then(() => this.#open(slots));
    this.opening = rows.catch(() => {});
    return rows;
  }

  async #open(slots) {
    const body = new FormData();
    const given = new FormData(this.form);
    for (const slot of slots) body.append("slot", slot);
    for (const name of ["csrf_token", "draft", "board", "record", "photo_kind"]) body.set(name, given.get(name) ?? "");
    const answer = await this.#fetch(this.form.dataset.slots, { method: "POST", body });
    if (answer.status === 503) throw new Cut();
    const rows = answer.ok ? parseAll(await answer.text()) : [];
    if (answer.status === 409) throw new Halt("", wordsIn(await answer.text()));
    if (rows.length !== slots.length) throw new Halt(isSignedOut(answer.status) ? "signedOut" : "stuck");
    return rows;
  }

  /** Gives the row of a slot as it stands, or nothing where it is gone. */
  async ask(row) {
    const answer = await this.#fetch(`${row.dataset.put}/row`);
    if (isSignedOut(answer.status)) throw new Halt("signedOut");
    if (answer.status >= 500) throw new Cut();
    return answer.ok ? parse(await answer.text()) : null;
  }

  remove(row) {
    return this.#fetch(row.dataset.put, { method: "DELETE", headers: this.#token });
  }

  /** Takes the form's token anew, after somebody has signed in again in another tab. */
  async renew() {
    const answer = await this.#fetch(location.href, { headers: { "HX-Request": "false" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[data-upload] [name=csrf_token]")?.value;
    if (token) this.form.elements.csrf_token.value = token;
  }

  /** Sends the bytes of one file; `tell` hears how many percent have gone. */
  put(row, body, tell) {
    const request = new XMLHttpRequest();
    row.request = request;
    return this.#put(request, row.dataset.put, body, tell);
  }

  /** Sends several small files in one body; no one of them can be stopped without the others. */
  putMany(rows, bodies, tell) {
    const pieces = rows.flatMap((row, at) => [headOf(row, bodies[at].byteLength), bodies[at]]);
    return this.#put(new XMLHttpRequest(), this.form.dataset.slots, new Blob(pieces), tell);
  }

  #put(request, url, body, tell) {
    return new Promise((done, failed) => {
      let watch = 0;
      const wait = () => {
        clearTimeout(watch);
        watch = setTimeout(() => request.abort(), STALLED);
      };
      request.upload.addEventListener("progress", (event) => {
        wait();
        if (event.lengthComputable) tell(Math.round((100 * event.loaded) / event.total));
      });
      // From here on the server works, which has its own deadline.
      request.upload.addEventListener("load", () => clearTimeout(watch));
      request.addEventListener("load", () => done(answerOf(request)));
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => failed(new Cut()));
      request.addEventListener("loadend", () => {
        clearTimeout(watch);
        this.requests.delete(request);
      });
      request.open("PUT", url);
      for (const [name, value] of Object.entries({ ...PARTIAL, ...this.#token })) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      this.requests.add(request);
      wait();
      request.send(body);
    });
  }

  abort() {
    for (const request of this.requests) request.abort();
  }

  get #token() {
    return { "X-CSRFToken": this.form.elements.csrf_token.value };
  }

  async #fetch(url, options = {}) {
    try {
      return await fetch(url, { ...options, headers: { ...PARTIAL, ...options.headers } });
    } catch {
      throw new Cut();
    }
  }
}

export function isSignedOut(status) {
  return status === 401 || status === 403;
}

/** Names a slot here, so that one whose answer is lost can be asked for again. */
export function newSlot() {
  return [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => ALPHABET[byte & 31]).join("");
}

function answerOf(request) {
  return {
    status: request.status,
    rows: request.responseText.includes('data-put="') ? parseAll(request.responseText) : [],
    seconds: Number(request.getResponseHeader("Retry-After")) || 2,
  };
}

/* Why not, in the server's own sentence. */
function wordsIn(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
}

function parse(html) {
  return parseAll(html)[0] ?? null;
}

function parseAll(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return [...holder.content.querySelectorAll("[data-put]")];
}

/* Before each file of a body stand the name of its slot and its length. */
function headOf(row, length) {
  const name = new TextEncoder().encode(row.dataset.put.split("/").pop());
  const head = new Uint8Array(name.length + 4);
  head.set(name);
  new DataView(head.buffer).setUint32(name.length, length);
  return head;
}
