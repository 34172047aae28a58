/* Finds the files in what was chosen or dropped: single ones, folders, archives. Their names stay on this device. */

import { HEAD, isIndex, reasonToLeave, seriesIn } from "./peek.js";
import { Untaken } from "./untaken.js";
import { entriesOf, isZip } from "./zip.js";

const MOST = 20_000;

/** A file on the disk, read when its turn comes. */
class Whole {
  constructor(file, path) {
    Object.assign(this, { file, path, size: file.size });
    this.mark = `${path} ${file.size} ${file.lastModified}`;
  }

  async head(length) {
    return new Uint8Array(await this.file.slice(0, length).arrayBuffer());
  }

  async open() {
    return this.file;
  }
}

/** What one drop brings: single files, and bundles of which only the images are wanted. */
export class Drop {
  constructor(sources, isBundle) {
    this.sources = sources;
    this.isBundle = isBundle;
    this.hasIndex = sources.some((source) => isIndex(source.path));
  }

  /** Looks at the beginning of a file; throws `Untaken` where it is better left on the device. */
  async look(source) {
    if (source.size === 0 && this.isBundle) throw new Untaken("other");
    const head = await source.head(HEAD);
    const reason = this.isBundle ? reasonToLeave(source.path, head, this.hasIndex) : "";
    if (reason) throw new Untaken(reason);
    return { source, series: seriesIn(head) };
  }
}

/** Gives what was chosen as drops; `untaken` is told of archives that cannot be opened. */
export async function dropsOf(files, untaken) {
  const single = [];
  const bundles = new Map();
  for (const { file, path, folder } of files) {
    if (await startsAsZip(file)) {
      await openArchive(file, bundles, untaken);
    } else if (folder) {
      bundles.set(folder, [...(bundles.get(folder) ?? []), new Whole(file, path)]);
    } else {
      single.push(new Whole(file, path));
    }
  }
  const drops = [...bundles.values()].map((sources) => new Drop(sources.slice(0, MOST), true));
  return single.length > 0 ? [new Drop(single, false), ...drops] : drops;
}

async function openArchive(file, bundles, untaken) {
  try {
    bundles.set(file, await entriesOf(file));
  } catch (error) {
    untaken(error instanceof Untaken ? "archive" : "unreadable");
  }
}

async function startsAsZip(file) {
  try {
    return isZip(new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  } catch {
    return false;
  }
}

/** Gives the files of a picker, with the folder they were chosen by. */
export function picked(input) {
  return [...input.files].map((file) => wrapped(file, file.webkitRelativePath));
}

export function pasted(files) {
  return [...files].map((file) => wrapped(file, ""));
}

function wrapped(file, path) {
  return { file, path: path || file.name, folder: path.includes("/") ? path.split("/")[0] : "" };
}

/** Gives the files of a drop; folders may be dropped too: a CD's images lie several folders deep. */
export async function dropped(transfer) {
  const files = pasted(transfer.files);
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const found = [];
  for (const entry of entries) await walk(entry, entry.isDirectory ? entry.name : "", found);
  return found;
}

async function walk(entry, folder, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push({ file, path: entry.fullPath.slice(1), folder });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, folder, found);
  }
}
