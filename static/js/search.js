/* Suggestions under a search box: a filter goes into the box, a case is opened. The page of the search has its own list;
 * the box at the top of every page gets one when somebody goes to it. */

import { Combobox, loadLook } from "./combobox.js";

const SUGGEST = "/search/suggest";

function suggest(input, list) {
  const pick = (option) => {
    if (option.dataset.href) {
      location.href = option.dataset.href;
      return;
    }
    input.value = option.dataset.text;
    box.close();
    input.focus();
    // The results follow the box; a filter that was just chosen needs no suggestion.
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(box.timer);
  };
  const box = new Combobox({ input, list, pick, src: SUGGEST });
  return box;
}

class SearchBox extends HTMLElement {
  connectedCallback() { suggest(this.querySelector("input[type=search]"), this.querySelector("[data-options]")); }
}

customElements.define("search-box", SearchBox);

/* Words that were written until this script was there are asked for at once. */
export async function offer(input) {
  if (input.role === "combobox") return;
  const list = Object.assign(document.createElement("div"), { id: "suggestions-top", className: "typeahead-list", role: "listbox", hidden: true });
  list.setAttribute("aria-label", input.placeholder);
  input.after(list);
  const box = suggest(input, list);
  await loadLook();
  if (input.value !== input.defaultValue) box.ask();
}
