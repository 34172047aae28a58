/* Lets small files travel together: a request for each costs more than they do. */

const SMALL = 1024 * 1024;
const MOST_FILES = 32;
// What the server takes at once.
const MOST_BYTES = 8 * 1024 * 1024;

/** Takes what goes next out of the queue: one file, or several small ones. */
export function nextOf(waiting) {
  const first = waiting.shift();
  const parcel = [first];
  if (!isSmall(first)) return parcel;
  let size = first.size;
  for (let at = 0; at < waiting.length && parcel.length < MOST_FILES; ) {
    const item = waiting[at];
    if (isSmall(item) && size + item.size <= MOST_BYTES) {
      size += item.size;
      parcel.push(...waiting.splice(at, 1));
    } else {
      at += 1;
    }
  }
  return parcel;
}

/* What was cut off once goes alone: if it is to blame, its neighbours do not suffer again. */
function isSmall(item) {
  return item.size <= SMALL && item.cuts === 0 && !item.isAlone;
}

/** Reads a small file now, so that one that cannot be read does not break a request of many. */
export async function bytesOf(source) {
  const body = await source.open();
  return body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : body;
}
