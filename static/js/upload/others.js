/* A CD of several persons: what belongs to another one than the case's goes into a draft of its own, if one wishes. */

import { count } from "./words.js";

export class Others {
  constructor(words) {
    this.words = words;
    this.box = document.getElementById("upload-others");
    this.before = document.getElementById("upload-before");
    this.persons = new Map();
    this.isSending = false;
  }

  /** Notes a file of another person; `mark` tells persons apart, and says nothing else. */
  take(item, row, mark) {
    const person = this.persons.get(mark) ?? this.#begin(mark);
    person.files.push({ item, row });
    this.#tell(person);
  }

  /** Takes a row out that was removed. */
  forget(row) {
    for (const [mark, person] of this.persons) {
      person.files = person.files.filter((file) => file.row !== row);
      if (person.files.length === 0) this.#end(mark);
      else this.#tell(person);
    }
  }

  /** As long as files of this case are under way, none of another one's goes first. */
  hold(isSending) {
    if (this.isSending === isSending) return;
    this.isSending = isSending;
    for (const person of this.persons.values()) person.button.disabled = isSending;
  }

  /** Links to the draft that was filled before. */
  leave(address, images) {
    const line = this.before.querySelector("template").content.firstElementChild.cloneNode(true);
    line.querySelector("span").textContent = count(this.words.before, images);
    line.querySelector("a").href = address;
    this.before.querySelector("ul").append(line);
    this.before.hidden = false;
  }

  #begin(mark) {
    const line = this.box.querySelector("template").content.firstElementChild.cloneNode(true);
    const button = line.querySelector("button");
    const place = Math.min(this.words.others.length, this.persons.size + 1) - 1;
    const person = { files: [], line, button, said: this.words.others[place] };
    button.disabled = this.isSending;
    button.addEventListener("click", () => {
      this.#end(mark);
      this.onPart(person.files);
    });
    this.persons.set(mark, person);
    this.box.querySelector("ul").append(line);
    this.box.hidden = false;
    return person;
  }

  #tell({ files, line, button, said }) {
    line.querySelector("span").textContent = count(said, files.length);
    button.textContent = count(this.words.part, files.length);
  }

  #end(mark) {
    this.persons.get(mark).line.remove();
    this.persons.delete(mark);
    this.box.hidden = this.persons.size === 0;
  }
}
