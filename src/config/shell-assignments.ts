import { bytesToText, textToBytes } from '#snapshot/bytes.js';

/** One line of a file of shell assignments, as /etc/default and /etc/sysconfig have them. */
export interface AssignmentLine {
  /** One character a byte, with its line end (none on a last line without one). */
  readonly text: string;
  /** Null for comments, blank lines and anything else that is no assignment. */
  readonly name: string | null;
  /** Without quotes; null where it is no plain text: an expansion, an escape, or quoted in parts. */
  readonly value: string | null;
}

/** Reads any bytes; `printAssignments` gives the same bytes back. Never throws. */
export function parseAssignments(bytes: Uint8Array): readonly AssignmentLine[] {
  return (bytesToText(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? []).map(parseLine);
}

export function printAssignments(lines: readonly AssignmentLine[]): Uint8Array {
  return textToBytes(lines.map(({ text }) => text).join(''));
}

const ASSIGNMENT =
  /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)=("[^"\n]*"|'[^'\n]*'|[^\s"'#;&|]*)([ \t]*(?:#[^\n]*)?\r?\n?)$/;

function parseLine(text: string): AssignmentLine {
  const match = ASSIGNMENT.exec(text);
  if (match !== null) return { text, name: match[2] ?? '', value: plain(match[3] ?? '') };
  return { text, name: /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=/.exec(text)?.[1] ?? null, value: null };
}

/** The text behind the quotes; in single quotes nothing is expanded. */
function plain(word: string): string | null {
  if (word.startsWith("'")) return word.slice(1, -1);
  const inside = word.startsWith('"') ? word.slice(1, -1) : word;
  return /[$`\\]/.test(inside) ? null : inside;
}

/** What NAME has when the file was read: the last assignment counts. Undefined: none; null: not plain. */
export function assignedValue(lines: readonly AssignmentLine[], name: string): string | null | undefined {
  return lines.findLast((line) => line.name === name)?.value;
}

/**
 * Gives NAME this value where it is assigned last; what stands before and behind it stays. `value` must be plain ASCII without
 * quotes and expansions. Null where it is not assigned, or not plainly.
 */
export function assignValue(
  lines: readonly AssignmentLine[],
  name: string,
  value: string,
): readonly AssignmentLine[] | null {
  const at = lines.findLastIndex((line) => line.name === name);
  const line = lines[at];
  if (line === undefined || line.value === null || !/^[A-Za-z0-9 ,./:=_-]*$/.test(value)) return null;
  if (line.value === value) return lines;
  const [, before, , , behind] = ASSIGNMENT.exec(line.text) ?? [];
  return lines.with(at, parseLine(`${before ?? ''}${name}="${value}"${behind ?? ''}`));
}
