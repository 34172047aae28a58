/* <pin-grid>: masonry in reading order.
 *
 * Loaded synchronously in the head: `connectedCallback` runs when the tag opens, and cards are placed in microtasks
 * while the page streams, so nothing is ever painted in a wrong place. Where the browser has `display: grid-lanes`
 * it places nothing; without JavaScript the style sheet leaves a plain grid.
 *
 * A page that was appended is noted in the address (`?pages=3`), so that a browser that kept nothing gets back as much
 * as there was, and finds its place in it again.
 */
(() => {
  const native = CSS.supports("display", "grid-lanes");
  const ROW_GAP = 20;
  let isRead = false; // the last cards of the page itself may come when it is no longer “loading”
  document.addEventListener("DOMContentLoaded", () => { isRead = true; });

  const notePage = () => {
    const here = new URL(location);
    here.searchParams.set("pages", 1 + (Number(here.searchParams.get("pages")) || 1));
    history.replaceState(history.state, "", here);
  };

  class PinGrid extends HTMLElement {
    connectedCallback() {
      if (this.watcher) return;
      this.heights = [];
      this.placed = new Map();
      this.watcher = new MutationObserver((records) => this.changed(records));
      this.watcher.observe(this, { childList: true });
      if (native) return;
      this.resizer = new ResizeObserver((entries) => this.resized(entries));
      this.resizer.observe(this);
      this.classList.add("laid");
      this.layAll();
    }

    disconnectedCallback() {
      this.watcher?.disconnect();
      this.resizer?.disconnect();
      this.watcher = null;
    }

    /* An append only extends what is there; anything else lays everything out anew. */
    changed(records) {
      const gone = records.some((record) => record.removedNodes.length > 0);
      const cards = [...this.children];
      const fresh = cards.filter((card) => !this.placed.has(card));
      const isAppend = !gone && fresh.length > 0 && cards.indexOf(fresh[0]) === cards.length - fresh.length;
      if (native) fresh.forEach((card) => this.placed.set(card, 0));
      else if (isAppend && this.columns) this.place(fresh);
      else if (gone || fresh.length) this.layAll();
      if (isAppend && fresh.length > 1 && isRead) notePage();
    }

    /* Text that grows under an unchanged width would overlap its neighbour, so each card is watched too. */
    resized(entries) {
      const widthChanged = this.clientWidth !== this.width;
      const isTaller = entries.some(({ target }) => target !== this && this.placed.has(target)
        && Math.abs(target.offsetHeight - this.placed.get(target)) > 0.5);
      if (widthChanged || isTaller) this.layAll();
    }

    measure() {
      const style = getComputedStyle(this);
      const gap = parseFloat(style.getPropertyValue("--gap")) || 16;
      const least = parseFloat(style.getPropertyValue("--col")) || 224;
      this.width = this.clientWidth;
      this.gap = gap;
      this.columns = Math.max(this.width < 640 ? 2 : 1, Math.floor((this.width + gap) / (least + gap)));
      this.step = (this.width + gap) / this.columns;
      this.style.setProperty("--cw", `${this.step - gap}px`);
    }

    layAll() {
      this.measure();
      this.heights = new Array(this.columns).fill(0);
      for (const card of this.placed.keys()) if (card.parentNode !== this) this.resizer.unobserve(card);
      this.placed.clear();
      this.place([...this.children]);
    }

    /* All heights are read before anything is written: one forced layout for the whole batch. */
    place(cards) {
      const sizes = cards.map((card) => card.offsetHeight);
      cards.forEach((card, index) => {
        if (card.hasAttribute("data-wide")) this.heights.fill(Math.max(0, ...this.heights));
        const column = this.column();
        card.style.transform = `translate(${column * this.step}px, ${this.heights[column]}px)`;
        this.heights[column] += sizes[index] + ROW_GAP;
        if (card.hasAttribute("data-wide")) this.heights.fill(this.heights[column]);
        this.placed.set(card, sizes[index]);
        this.resizer.observe(card);
      });
      this.style.height = `${Math.max(0, ...this.heights) - (this.placed.size ? ROW_GAP : 0)}px`;
    }

    /* The leftmost column that is nearly the shortest keeps what is seen in the order of the document. */
    column() {
      const limit = Math.min(...this.heights) + 1.5 * this.gap;
      return this.heights.findIndex((height) => height <= limit);
    }
  }

  customElements.define("pin-grid", PinGrid);

  /* What a card shows beyond its picture comes with a script of its own, when somebody first points at such a card. */
  const kinds = ["pointerover", "pointerdown", "focusin", "keydown", "click"];
  let missed = null;
  const wake = (event) => {
    if (!event.target.closest?.("[data-glimpse]")) return;
    if (missed) { missed.push(event); return; }
    missed = [event];
    /* After what was pressed has been painted: to ask for a script takes a slow telephone as long as all the rest. */
    requestAnimationFrame(() => setTimeout(() => import("./glimpse.js").then((module) => {
      for (const kind of kinds) document.removeEventListener(kind, wake);
      module.start(missed);
    }, () => {})));
  };
  for (const kind of kinds) document.addEventListener(kind, wake, { passive: true });
})();
