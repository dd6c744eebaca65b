const POLYNOMIAL = 0x04c11db7;

/** The check sum that POSIX `cksum` prints: the bytes, then the length with its lowest byte first, complemented. */
export function cksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = next(sum, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) sum = next(sum, length & 0xff);
  return ~sum >>> 0;
}

function next(sum: number, byte: number): number {
  return ((sum << 8) ^ (TABLE[(sum >>> 24) ^ byte] ?? 0)) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let sum = index << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ POLYNOMIAL : sum << 1;
  return sum >>> 0;
});
