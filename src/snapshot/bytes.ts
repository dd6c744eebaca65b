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

const CHUNK = 8192;
