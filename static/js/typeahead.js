/* A text field with suggestions from the server (the combobox pattern of ARIA), whose code goes into a hidden field. */

class TypeAhead extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=text], input[type=search]");
    this.code = this.querySelector("input[type=hidden]");
    this.list = this.querySelector("[data-options]");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.removeAttribute("list");
    this.#close();
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    this.list.addEventListener("pointerdown", (event) => this.#pick(event.target.closest("[data-code]")));
  }

  #typed() {
    this.code.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), 150);
  }

  async #ask() {
    const asked = this.input.value.trim();
    if (!asked) {
      this.#close();
      return;
    }
    const answer = await fetch(`${this.dataset.src}?q=${encodeURIComponent(asked)}`, {
      headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
    }).catch(() => null);
    if (!answer?.ok || asked !== this.input.value.trim()) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = this.options.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#point(-1);
  }

  get options() {
    return [...this.list.querySelectorAll("[data-code]")];
  }

  #key(event) {
    const ways = { ArrowDown: 1, ArrowUp: -1 };
    if (ways[event.key] && !this.list.hidden) {
      event.preventDefault();
      const count = this.options.length;
      this.#point((this.at + ways[event.key] + count) % count);
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.#pick(this.options[this.at]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.#close();
    }
  }

  #point(at) {
    this.at = at;
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    const chosen = this.options[at];
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  #pick(option) {
    if (!option) return;
    this.code.value = option.dataset.code;
    this.input.value = option.dataset.text;
    this.#close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close() {
    this.at = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("type-ahead", TypeAhead);
