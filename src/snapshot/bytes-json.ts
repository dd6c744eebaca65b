import { decodeUtf8, fromBase64, toBase64 } from './bytes.js';

/** Bytes in JSON: as text where they are UTF-8 (readable, and smaller), else in base64. The way back gives the same bytes. */
export type BytesJson = { readonly text: string } | { readonly base64: string };

/** Never fails: what is no UTF-8 becomes base64. */
export function bytesToJson(bytes: Uint8Array): BytesJson {
  const text = decodeUtf8(bytes);
  return text === null ? { base64: toBase64(bytes) } : { text };
}

/** Takes what `JSON.parse` gave; null when it is not bytes. */
export function bytesFromJson(value: unknown): Uint8Array | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('text' in value && typeof value.text === 'string') return new TextEncoder().encode(value.text);
  if ('base64' in value && typeof value.base64 === 'string') return fromBase64(value.base64);
  return null;
}
