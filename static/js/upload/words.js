/* Fills the page's own sentences, which come with the form. */

import { form } from "../plural.js";

export function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Gives the sentence for so many; `forms` holds one for each kind of number. */
export function count(forms, number) {
  return filled(form(forms, number), { count: number });
}
