import { createHash } from 'node:crypto';

/** `SHA256:...` of a public key's wire bytes, as OpenSSH prints it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that stands first in a public key's wire bytes, `unknown` when these are no key. */
export function keyTypeOf(key: Uint8Array): string {
  const length = key.length >= 4 ? new DataView(key.buffer, key.byteOffset, 4).getUint32(0) : 0;
  const name = length > 0 && length <= 64 ? Buffer.from(key.subarray(4, 4 + length)).toString('latin1') : '';
  return /^[a-z0-9@.-]+$/.test(name) ? name : 'unknown';
}
