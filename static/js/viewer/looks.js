/* The windows one can choose: those of the file, those of the modality, the automatic one, and one's own by hand. */

import { automatic, shade } from "./lut.js";

export class Looks {
  constructor(series, words) {
    const grey = series.frames.find((_, frame) => series.isStored(frame))?.view;
    this.isGrey = Boolean(grey);
    this.isInverted = false;
    const windows = grey?.windows ?? [];
    const luts = grey?.voi_lut ?? [];
    const named = (one, index, all) => one.label || (all.length > 1 ? `${words.file} ${index + 1}` : words.file);
    this.choices = grey ? [
      ...luts.map((one, index) => ({ key: `lut${index}`, label: named(one, index, luts) })),
      ...windows.map((one, index) => ({ key: `file${index}`, label: named(one, index, windows) })),
      ...(series.view.presets ?? []).map((preset) => ({ ...preset, key: `preset-${preset.key}` })),
      { key: "auto", label: words.auto },
    ] : [];
    this.chosen = this.choices[0];
  }

  choose(key) {
    this.chosen = this.choices.find((one) => one.key === key) ?? this.chosen;
    this.found = null;
  }

  next() {
    const at = this.choices.findIndex(({ key }) => key === this.chosen.key);
    this.choose(this.choices[(at + 1) % this.choices.length].key);
  }

  /* Give {center, width, function} or {lut} for one frame: what a file says differs from frame to frame. */
  of({ view, stored }) {
    const { key } = this.chosen;
    const index = Number(key.replace(/\D+/, ""));
    const lut = key.startsWith("lut") && view.voi_lut?.[index];
    if (lut) return { lut };
    const own = key.startsWith("file") ? view.windows?.[index] : key !== "auto" && this.chosen.width && this.chosen;
    if (own) return own;
    this.found ??= automatic(view, stored);
    return this.found;
  }

  /* Move the window by hand, in parts of its own width, so that it feels alike in HU and in counts. */
  shift(entry, wider, higher) {
    const { center, width, function: name } = this.of(entry).lut ? automatic(entry.view, entry.stored) : this.of(entry);
    const step = Math.max(width, 1) / 250;
    this.chosen = {
      key: "own", center: center + higher * step, width: Math.max(1, width * Math.exp(wider / 250)), function: name,
    };
  }

  /* Give the function of a frame's look; the same one as long as nothing changes, because tables hang on it. */
  grey(entry) {
    if (!entry.stored) return Object.assign(() => 0, { isInverted: this.isInverted });
    const look = this.of(entry);
    const { slope, intercept, photometric, padding } = entry.view;
    const name = look.lut ? this.chosen.key : [look.center, look.width, look.function];
    const key = [name, this.isInverted, slope, intercept, photometric, padding].join();
    const isOwn = look.lut || entry.view.modality_lut;
    if (this.key !== key || (isOwn && this.view !== entry.view)) {
      Object.assign(this, { view: entry.view, key, made: shade(entry.view, look, this.isInverted) });
    }
    return this.made;
  }
}
