/* Tells from the first bytes of a file on a CD whether it is worth sending, and with which others it belongs. */

import { isZip } from "./zip.js";

export const HEAD = 16 * 1024;

const PROGRAMS = /\.(exe|dll|com|bat|cmd|msi|inf|ini|cfg|conf|lnk|sys|so|dylib|jar|class|ocx|cab|pdb|manifest)$/i;
const PAGES = /\.(txt|html?|xml|xsl|xslt|css|js|json|md|rtf|docx?|log|csv|chm|hlp|properties|lic|db|dat|sql|ico|cur|gif|svg|ttf|woff2?|wav|mp3)$/i;
const LEFT_BY_SYSTEMS = /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$|autorun)/i;
const INDEX = /(^|\/)DICOMDIR$/i;
const INDEX_CLASS = "1.2.840.10008.1.3.10";
const PICTURES = [[0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47], [0x42, 0x4d], [0x52, 0x49, 0x46, 0x46], [0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a]];
const ARCHIVES = [[0x52, 0x61, 0x72, 0x21], [0x37, 0x7a, 0xbc, 0xaf], [0x1f, 0x8b, 0x08], [0x42, 0x5a, 0x68]];
const PROGRAM_STARTS = [[0x4d, 0x5a], [0x7f, 0x45, 0x4c, 0x46], [0xca, 0xfe, 0xba, 0xbe], [0xcf, 0xfa, 0xed, 0xfe]];
// Study and Series Instance UID, each with its type and a length or, in files that write no types, a length alone.
const [UID_GROUP, STUDY, SERIES] = [0x20, 0x0d, 0x0e];

export function isIndex(path) {
  return INDEX.test(path);
}

/** Gives a reason to leave a file of a CD on the device, or nothing. */
export function reasonToLeave(path, head, hasIndex) {
  if (isDicom(head)) return textOf(head.subarray(128, 512)).includes(INDEX_CLASS) ? "other" : "";
  if (isIndex(path) || LEFT_BY_SYSTEMS.test(path) || startsWith(head, PROGRAM_STARTS)) return "other";
  if (isZip(head) || startsWith(head, ARCHIVES)) return PROGRAMS.test(path) || /\.docx$/i.test(path) ? "other" : "nested";
  if (PROGRAMS.test(path) || PAGES.test(path)) return "other";
  return hasIndex && startsWith(head, PICTURES) ? "beside" : "";
}

/** Gives what all files of one series have in common; only ever compared, and on this device. */
export function seriesIn(head) {
  // A series that is only referred to stands alone; the file's own follows its study.
  for (let at = head.indexOf(UID_GROUP); at >= 0; at = head.indexOf(UID_GROUP, at + 1)) {
    const study = uidAt(head, at, STUDY);
    const series = study && uidAt(head, at + 8 + study.length, SERIES);
    if (series) return series.text;
  }
  return "";
}

function uidAt(head, at, element) {
  if (head[at] !== UID_GROUP || head[at + 1] || head[at + 2] !== element || head[at + 3]) return null;
  const length = head[at + 4] === 0x55 && head[at + 5] === 0x49 ? head[at + 6] : head[at + 4];
  const text = textOf(head.subarray(at + 8, at + 8 + length)).replace(/\0+$/, "");
  return /^[\d.]{3,64}$/.test(text) ? { text, length } : null;
}

function isDicom(head) {
  return textOf(head.subarray(128, 132)) === "DICM";
}

function startsWith(head, starts) {
  return starts.some((start) => start.every((byte, at) => head[at] === byte));
}

function textOf(bytes) {
  return String.fromCharCode(...bytes);
}
