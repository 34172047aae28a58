/* Remembers, in this tab alone, which file went into which slot, so that after a reload only the rest is sent.

What is kept is a number made of a file's name and size; it is gone when the tab is closed. */

const PREFIX = "pinboard-upload:";

export class Arrived {
  constructor(form) {
    this.form = form;
  }

  /** Gives the id of the row that a file of this draft went into. */
  rowOf(mark) {
    try {
      return sessionStorage.getItem(this.#key(mark)) ?? "";
    } catch {
      return "";
    }
  }

  keep(mark, row) {
    try {
      sessionStorage.setItem(this.#key(mark), row);
    } catch {
      // A full or forbidden store costs a second look by the server, which knows its duplicates.
    }
  }

  #key(mark) {
    return `${PREFIX}${this.form.elements.draft.value}:${digest(mark)}`;
  }
}

/* Two multiplicative hashes of 32 bits: enough to tell the files of one draft apart. */
function digest(text) {
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 15), 2246822519) ^ two;
  two = Math.imul(two ^ (two >>> 13), 3266489917) ^ one;
  return (one >>> 0).toString(36) + (two >>> 0).toString(36);
}
