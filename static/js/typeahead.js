/* <type-ahead>: a text field with suggestions from the server, whose code goes into a hidden field. */

import { Combobox, loadLook } from "./combobox.js";

class TypeAhead extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=text], input[type=search]");
    const code = this.querySelector("input[type=hidden]");
    input.removeAttribute("list");
    loadLook();
    input.addEventListener("input", () => { code.value = ""; });
    const pick = (option) => {
      code.value = option.dataset.code;
      input.value = option.dataset.text;
      box.close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const box = new Combobox({ input, list: this.querySelector("[data-options]"), pick, src: this.dataset.src });
  }
}

customElements.define("type-ahead", TypeAhead);
