/* Folds hundreds of rows: the images of one series into one line with its progress, refused files into one per reason. */

import { count, filled } from "./words.js";

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

export class Groups {
  constructor(queue, words) {
    this.queue = queue;
    this.words = words;
    this.template = document.getElementById("upload-group");
    this.byKey = new Map();
    this.expected = new Map();
  }

  /** Notes files of a series that are to come; `hint` is what its files have in common before they are sent. */
  expect(hint, more = 1) {
    if (!hint) return;
    this.expected.set(hint, (this.expected.get(hint) ?? 0) + more);
    for (const group of this.byKey.values()) if (more < 0 && group.hint === hint) group.tell();
  }

  place(row, hint) {
    const isRefused = row.dataset.state === "refused";
    const key = isRefused ? `refused ${row.dataset.refusal}` : row.dataset.series;
    const group = this.byKey.get(key) ?? this.#begin(key, row, isRefused);
    if (isRefused) this.expect(hint, -1);
    group.take(row, isRefused ? "" : hint);
  }

  /** Takes a row that was removed out of the count of its group. */
  shrink(element, row) {
    const group = this.byKey.get(element?.dataset.key);
    if (group?.recent.has(row)) this.expect(group.hint, -1);
    else if (group) group.older -= 1;
    if (!group || group.tell() > 0) return;
    this.byKey.delete(element.dataset.key);
    element.remove();
  }

  #begin(key, row, isRefused) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    const group = new Group(element, this);
    element.dataset.key = key;
    element.dataset.state = isRefused ? "refused" : "received";
    group.label.textContent = isRefused ? row.querySelector("[data-note]").textContent.trim() : row.dataset.seriesLabel;
    const picture = row.querySelector("[data-plate] img");
    if (picture) element.querySelector("[data-plate]").append(picture.cloneNode());
    this.byKey.set(key, group);
    element.dataset.order = `${isRefused ? 1 : 0} ${group.label.textContent}`;
    insert(this.queue, element, "order");
    return group;
  }
}

/** One line that holds many rows. */
class Group {
  constructor(element, { words, expected }) {
    Object.assign(this, { element, words, expected, hint: "", older: 0, recent: new WeakSet() });
    for (const part of ["label", "sum", "bar", "rows"]) this[part] = element.querySelector(`[data-${part}]`);
  }

  take(row, hint) {
    if (hint) {
      this.hint = hint;
      this.recent.add(row);
    } else {
      this.older += 1;
    }
    insert(this.rows, row, "name");
    this.tell();
  }

  /** Says how far it is; gives how many rows it holds. */
  tell() {
    const ready = this.rows.childElementCount;
    const isRefused = this.element.dataset.state === "refused";
    const all = isRefused ? ready : Math.max(ready, this.older + (this.expected.get(this.hint) ?? 0));
    this.bar.hidden = ready === all;
    [this.bar.max, this.bar.value] = [all, ready];
    this.bar.setAttribute("aria-label", this.label.textContent);
    const whole = count(isRefused ? this.words.refused : this.words.images, ready);
    this.sum.textContent = ready === all ? whole : filled(this.words.count, { ready, all });
    if (ready === all) this.#show();
    return ready;
  }

  /* The slice in the middle says more than the first that arrived. */
  #show() {
    const middle = this.rows.children[this.rows.childElementCount >> 1]?.querySelector("[data-plate] img");
    if (middle) this.element.querySelector("[data-plate]").replaceChildren(middle.cloneNode());
  }
}

/* Files arrive nearly in order, so the place is looked for from behind. */
function insert(list, element, name) {
  let before = null;
  let beside = list.lastElementChild;
  while (beside && COLLATOR.compare(beside.dataset[name] ?? "", element.dataset[name]) > 0) {
    before = beside;
    beside = beside.previousElementSibling;
  }
  list.insertBefore(element, before);
}
