/**
 * Configuration as text in which every character is one byte (0 to 255): nothing is decoded, so a Latin-1 comment and
 * any other bytes survive an edit. Our own lines are ASCII.
 */
export function bytesToText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Null: it is no UTF-8. A byte order mark stays, so that the text is the same bytes again. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(bytesToText(bytes));
}

/** Null: it is no base64. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    return textToBytes(atob(text));
  } catch {
    return null;
  }
}

/** Arguments of one call: far below the limit of any engine. */
const CHUNK = 8192;
