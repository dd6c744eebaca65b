/** Bytes in JSON: as text where they are UTF-8 (readable, and smaller), else in base64. The way back gives the same bytes. */
export type BytesJson = { readonly text: string } | { readonly base64: string };

/** Never fails: what is no UTF-8 becomes base64. */
export function bytesToJson(bytes: Uint8Array): BytesJson {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: toBase64(bytes) };
  }
}

/** Takes what `JSON.parse` gave; null when it is not bytes. */
export function bytesFromJson(value: unknown): Uint8Array | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('text' in value && typeof value.text === 'string') return new TextEncoder().encode(value.text);
  if ('base64' in value && typeof value.base64 === 'string') return fromBase64(value.base64);
  return null;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Arguments of one call: far below the limit of any engine. */
const SLICE = 8192;
