import type { States } from '../resource.js';

export function sameFile(a: States['file'], b: States['file']): boolean {
  if (a === null || b === null) return a === b;
  return a.mode === b.mode && a.owner === b.owner && a.group === b.group && sameBytes(a.bytes, b.bytes);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
