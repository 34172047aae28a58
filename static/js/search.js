/* Suggestions under the search box (the combobox pattern of ARIA): a filter goes into the box, a case is opened. */

const WAIT = 150;

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.list = this.querySelector("[data-options]");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.#close();
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    // Before the box loses the focus to the list, by mouse and by finger alike.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#pick(event.target.closest("[role=option]")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  #typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), WAIT);
  }

  async #ask() {
    const asked = this.input.value;
    if (!asked.trim()) {
      this.#close();
      return;
    }
    const answer = await fetch(`${this.dataset.src}?q=${encodeURIComponent(asked)}`, {
      headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
    }).catch(() => null);
    if (!answer?.ok || asked !== this.input.value || document.activeElement !== this.input) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = this.options.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#point(-1);
  }

  #key(event) {
    const ways = { ArrowDown: 1, ArrowUp: -1 };
    if (ways[event.key] && !this.list.hidden) {
      event.preventDefault();
      const count = this.options.length;
      this.#point(this.at < 0 && ways[event.key] < 0 ? count - 1 : (this.at + ways[event.key] + count) % count);
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.#pick(this.options[this.at]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      event.preventDefault();
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
    if (option.dataset.href) {
      location.href = option.dataset.href;
      return;
    }
    this.input.value = option.dataset.text;
    this.#close();
    this.input.focus();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(this.timer);
  }

  #close() {
    this.at = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("search-box", SearchBox);
