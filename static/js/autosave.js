/* Saves a draft while it is written: the form is the state, the server answers in parts that replace their namesakes. */

import { isSignedOut, renew } from "./signed-in.js";

class Autosave {
  constructor(form) {
    this.form = form;
    this.words = JSON.parse(form.dataset.words);
    this.isDirty = false;
    form.addEventListener("input", () => this.#later(900));
    form.addEventListener("change", () => this.#later(200));
    form.addEventListener("submit", () => (this.isDirty = false));
    addEventListener("pagehide", () => this.isDirty && this.#send({ keepalive: true }));
    for (const event of ["online", "focus"]) addEventListener(event, () => this.isDirty && this.#save());
  }

  #later(wait) {
    this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#save(), wait);
  }

  /* One at a time, in order: an old answer never overwrites a newer one. */
  async #save() {
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    this.isDirty = false;
    try {
      let answer = await this.#send({});
      if (isSignedOut(answer.status) && (await renew())) answer = await this.#send({});
      if (isSignedOut(answer.status)) {
        this.isDirty = true;
        this.#tell(this.words.signedOut);
      } else if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      else {
        this.#swap(await answer.text());
        document.body.dispatchEvent(new CustomEvent("pinboard:saved"));
      }
    } catch {
      this.isDirty = true;
      this.#tell(this.words.unsaved);
      this.#later(5000);
    }
    this.saving = false;
    if (!this.again) return;
    this.again = false;
    this.#save();
  }

  #send(options) {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
    return fetch(this.form.dataset.autosave, { method: "POST", body: new FormData(this.form), headers, ...options });
  }

  #swap(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const at = document.activeElement;
    const home = at?.closest("[data-part]")?.id;
    for (const part of [...holder.content.querySelectorAll("[data-part]")]) {
      document.getElementById(part.id)?.replaceWith(part);
    }
    if (home) (document.getElementById(at.id) ?? document.getElementById(home))?.focus({ preventScroll: true });
    const saved = document.querySelector("[data-saved-at]");
    if (saved) saved.textContent = new Date(saved.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.#mark([...document.querySelectorAll("#draft-errors [data-for]")]);
  }

  /* Puts each error beside its field and takes away those that were mended. */
  #mark(errors) {
    for (const old of this.form.querySelectorAll("[data-live-error]")) {
      old.closest(".field")?.classList.remove("invalid");
      document.getElementById(old.dataset.liveError)?.removeAttribute("aria-invalid");
      old.remove();
    }
    for (const error of errors) {
      const input = this.form.querySelector(`[name="${error.dataset.for}"]`);
      const note = Object.assign(document.createElement("p"), { className: "error", textContent: error.textContent });
      note.dataset.liveError = input?.id ?? "";
      input?.setAttribute("aria-invalid", "true");
      const field = input?.closest(".field");
      field?.classList.add("invalid");
      field?.append(note);
    }
  }

  #tell(words) {
    const saved = document.getElementById("draft-saved");
    if (saved) saved.textContent = words;
  }
}

/* Rows that can be added and taken away; without this there are three blank ones. */
function takeRows(list) {
  const form = list.closest("form");
  const pattern = list.querySelector("template");
  const changed = () => form.dispatchEvent(new Event("change"));
  document.querySelector(`[data-add="${list.id}"]`).addEventListener("click", (event) => {
    event.preventDefault();
    const blank = [...list.querySelectorAll("[data-row] input")].find((input) => !input.value);
    if (blank) {
      blank.focus();
      return;
    }
    const row = pattern.content.firstElementChild.cloneNode(true);
    const number = list.querySelectorAll("[data-row]").length + 1;
    for (const part of row.querySelectorAll("[id], [for]")) {
      for (const name of ["id", "for"]) part.getAttribute(name) && part.setAttribute(name, `${part.getAttribute(name)}-${number}`);
    }
    list.insertBefore(row, pattern);
    row.querySelector("input").focus();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    const beside = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling;
    row.remove();
    (beside?.querySelector("input") ?? document.querySelector(`[data-add="${list.id}"]`)).focus();
    changed();
  });
}

/* Shows the fields that belong to what is chosen; without this all of them show. */
function takeConditions(form) {
  const update = () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const [name, ...values] = part.dataset.when.split(" ");
      const chosen = new FormData(form).getAll(name);
      part.hidden = !values.some((value) => chosen.includes(value));
    }
  };
  form.addEventListener("change", update);
  update();
}

/* Puts a suggested text into its field; without this the button asks the server to. */
function takeFills(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    event.preventDefault();
    const input = document.getElementById(button.dataset.fill);
    input.value = button.dataset.text;
    button.hidden = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  new Autosave(form);
  takeFills(form);
  for (const list of form.querySelectorAll("[data-rows]")) takeRows(list);
}
for (const form of document.querySelectorAll("form:has([data-when])")) takeConditions(form);
