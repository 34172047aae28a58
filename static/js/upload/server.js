/* Speaks with the server: opens slots, sends bytes, asks how a file fared. Says which failures pass by themselves. */

const STALLED = 45_000;
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };

/** The connection was lost, for a moment or for good; nothing of the file is kept. */
export class Cut extends Error {}

/** The server answers and will not take more now; somebody has to do something first. */
export class Halt extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

export class Server {
  constructor(form) {
    this.form = form;
    this.requests = new Set();
    this.opening = Promise.resolve();
  }

  /** Opens a slot and gives its row; one after another, because the first one begins the draft. */
  open() {
    const row = this.opening.then(() => this.#open());
    this.opening = row.catch(() => {});
    return row;
  }

  async #open() {
    const body = new FormData();
    const given = new FormData(this.form);
    for (const name of ["csrf_token", "draft", "record", "photo_kind"]) body.set(name, given.get(name) ?? "");
    const answer = await this.#fetch(this.form.dataset.slots, { method: "POST", body });
    if (answer.status === 503) throw new Cut();
    const row = answer.ok ? parse(await answer.text()) : null;
    if (!row) throw new Halt(isSignedOut(answer.status) ? "signedOut" : "stuck");
    return row;
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
      request.open("PUT", row.dataset.put);
      for (const [name, value] of Object.entries({ ...PARTIAL, ...this.#token })) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      this.requests.add(request);
      row.request = request;
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

function answerOf(request) {
  return {
    status: request.status,
    row: request.responseText.includes('data-put="') ? parse(request.responseText) : null,
    seconds: Number(request.getResponseHeader("Retry-After")) || 2,
  };
}

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.querySelector("[data-put]");
}
