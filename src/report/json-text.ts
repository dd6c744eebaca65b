/**
 * JSON of anything that came from hosts: control characters, escape sequences and bidirectional marks are written as `\uNNNN`,
 * so that the document is safe on a terminal and a program still reads the same text. `indent` 0 gives one line.
 */
export function jsonText(value: unknown, indent: 0 | 2): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** The same for JSON that is text already. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What errors/printable.ts marks, without what JSON.stringify escapes itself and the line feeds between values. */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
