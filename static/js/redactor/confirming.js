/* Confirming, by its button or by Enter on the page: never what cannot have been seen, never while an area is on its way. */

const LOOK = 500; // milliseconds that a picture has to be there

export class Confirming {
  constructor({ root, picture, areas, saving, say }) {
    Object.assign(this, { root, areas, saving, say });
    this.#openEyes(picture);
    document.addEventListener("submit", (event) => event.target.matches?.("[data-confirm-image]") && this.#check(event));
  }

  get form() {
    return document.querySelector("[data-confirm-image]");
  }

  async #openEyes(picture) {
    await picture.decode().catch(() => null);
    setTimeout(() => (this.root.dataset.seen = ""), LOOK);
  }

  enter(event) {
    event.preventDefault();
    if (event.repeat || !this.form) return;
    if (this.root.dataset.seen === undefined) this.say("look");
    else if (this.#isWarned()) this.form.requestSubmit(this.form.querySelector("[data-settled]:enabled"));
  }

  /* What is suggested and not accepted, or still looked for, takes Enter twice. */
  #isWarned() {
    const doubt = this.saving.isBusy ? String(this.areas.open.length) : this.form.dataset.doubt;
    if (doubt === "0" || this.warned === doubt) return true;
    this.warned = doubt;
    this.say(doubt === "waiting" ? "stillLooking" : "open", { count: doubt });
    return false;
  }

  #check(event) {
    if (!this.saving.isBusy) return;
    event.preventDefault();
    this.isWanted = true;
    this.warned = String(this.areas.open.length);
    this.saving.hurry();
  }

  /* What was suggested just while the areas were sent is asked about first. */
  settled() {
    if (!this.isWanted) return;
    this.isWanted = false;
    if (this.form && this.#isWarned()) this.form.requestSubmit();
  }
}
