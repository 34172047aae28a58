/* The check sum of an archive's entries, which the browser's own unpacking leaves out. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let left = byte;
  for (let bit = 0; bit < 8; bit += 1) left = left & 1 ? (left >>> 1) ^ 0xedb88320 : left >>> 1;
  return left;
});

export function crc32(bytes) {
  let left = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) left = TABLE[(left ^ bytes[at]) & 255] ^ (left >>> 8);
  return (left ^ 0xffffffff) >>> 0;
}
