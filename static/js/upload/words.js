/* Fills the page's own sentences, which come with the form. */

export function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Gives the sentence for one or for many; `words` holds both. */
export function count([one, many], number) {
  return filled(number === 1 ? one : many, { count: number });
}
