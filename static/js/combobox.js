/* A text field with a list below it (the combobox pattern of ARIA): arrows go through the list, Enter picks, Escape closes.
 * With an address the list is what the server answers to the words so far. */

const WAIT = 150;

export async function fragment(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

/* The look of lists, for pages that come without it. */
export function loadLook() {
  const address = new URL("../css/search.css", import.meta.url).href;
  if ([...document.styleSheets].some(({ href }) => href === address)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}

export class Combobox {
  constructor({ input, list, pick, src = null }) {
    Object.assign(this, { input, list, pick, src, at: -1 });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.addEventListener("keydown", (event) => this.key(event));
    // Before the field loses the focus to the list, by mouse and by finger alike.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.close();
    if (!src) return;
    input.addEventListener("input", () => this.typed());
    input.addEventListener("blur", () => this.close());
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const { value } = this.input;
    if (!value.trim()) {
      this.close();
      return;
    }
    const answer = await fragment(`${this.src}?q=${encodeURIComponent(value)}`).catch(() => null);
    if (answer === null || value !== this.input.value || document.activeElement !== this.input) return;
    this.list.innerHTML = answer;
    this.open();
  }

  open(at = -1) {
    this.list.hidden = this.options.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.point(at);
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }

  point(at) {
    const { options } = this;
    this.at = at;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (options[at]) this.input.setAttribute("aria-activedescendant", options[at].id);
    else this.input.removeAttribute("aria-activedescendant");
    options[at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) return;
    const { options, at } = this;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way) this.point(at < 0 && way < 0 ? options.length - 1 : (at + way + options.length) % options.length);
    else if (event.key === "Enter" && at >= 0) this.choose(options[at]);
    else if (event.key === "Escape" && this.src) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(option) {
    if (option) this.pick(option);
  }
}
