/* Two series side by side. The second one is the page's own, asked for by its address; while they are linked, a step in one
 * leads the other to the slice at the same place, or as far along its series where the two do not lie alike. */

const PARALLEL = 0.95; // cosine between the normals of slices that can be told one place

export function install(viewer) {
  return new Pair(viewer);
}

class Pair {
  constructor(viewer) {
    this.viewer = viewer;
    this.row = viewer.querySelector('[data-rows="compare"]');
    this.select = this.row.querySelector("select");
    this.link = this.row.querySelector("[data-act=link]");
    this.isLinked = true;
    const others = [...viewer.querySelectorAll(".strip a:not([aria-current])")];
    this.select.append(...others.map((one) => new Option(one.textContent.trim(), one.getAttribute("hx-get"))));
    this.select.addEventListener("change", () => this.show(this.select.value));
    viewer.addEventListener("frame", () => this.lead(viewer, this.other));
    viewer.link = () => this.toggle();
    // Another series in the place of the first one begins without a second; who left listens no longer, or it would
    // take away what the next pair shows and keep its own frames in memory.
    const leave = () => {
      if (viewer.isConnected) return;
      document.removeEventListener("htmx:after:swap", leave);
      this.clear();
    };
    document.addEventListener("htmx:after:swap", leave);
    this.page = viewer.closest(".casepage");
  }

  async show(address) {
    this.clear();
    if (!address) return;
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
    const words = answer?.ok ? await answer.text() : null;
    if (this.select.value !== address || !this.viewer.isConnected) return;
    if (words === null) {
      this.select.value = "";
      this.viewer.note(this.row.dataset.failed);
      return;
    }
    const holder = document.createElement("template");
    holder.innerHTML = words;
    const other = holder.content.querySelector("series-viewer");
    other.id = "stage-beside";
    delete other.dataset.marks;
    for (const more of other.querySelectorAll(".strip, [data-row=compare], [data-row=marks]")) more.remove();
    this.page.classList.add("is-comparing");
    this.viewer.after(other);
    this.other = other;
    other.addEventListener("frame", () => this.lead(other, this.viewer));
    other.addEventListener("ready", () => this.lead(this.viewer, other), { once: true });
  }

  clear() {
    this.other?.remove();
    this.other = null;
    this.page.classList.remove("is-comparing");
  }

  toggle() {
    this.isLinked = !this.isLinked;
    this.link.setAttribute("aria-pressed", String(this.isLinked));
    if (this.isLinked) this.lead(this.viewer, this.other);
  }

  lead(from, to) {
    if (!this.isLinked || this.isLeading || !to?.series || !from.series) return;
    this.isLeading = true;
    to.go(sameplace(from, to));
    this.isLeading = false;
  }
}

/* The frame of `to` that lies where the frame of `from` lies. */
export function sameplace(from, to) {
  const depth = from.series.depth(from.frame);
  const depths = Array.from({ length: to.count }, (_, frame) => to.series.depth(frame));
  if (depth !== null && depths.every((one) => one !== null) && areParallel(from, to) && isWithin(depth, depths)) {
    let best = 0;
    depths.forEach((one, frame) => { if (Math.abs(one - depth) < Math.abs(depths[best] - depth)) best = frame; });
    return best;
  }
  return from.count < 2 ? to.frame : Math.round((from.frame / (from.count - 1)) * (to.count - 1));
}

/* Half a gap beyond the ends still belongs to the first and the last slice. */
function isWithin(depth, depths) {
  const [low, high] = [Math.min(...depths), Math.max(...depths)];
  const room = depths.length > 1 ? (high - low) / (depths.length - 1) : 5;
  return depth >= low - room && depth <= high + room;
}

function areParallel(from, to) {
  const [one, other] = [from, to].map(({ series, frame }) => series.normal(frame));
  return Boolean(one && other) && one.reduce((sum, part, axis) => sum + part * other[axis], 0) > PARALLEL;
}
