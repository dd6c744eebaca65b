import { bytesToText, textToBytes } from './config-text.js';

/** One line of chrony.conf, a confdir file or a `*.sources` file. */
export interface ConfigLine {
  /** One character a byte, with its line end (none on a last line without one). */
  readonly text: string;
  /** In lower case, as chronyd compares it; null for blank lines and comments. */
  readonly directive: string | null;
  readonly args: readonly string[];
  /** True for a line that tsync switched off: `directive` and `args` are those of the line behind the mark. */
  readonly disabled: boolean;
  /** True between `# BEGIN tsync` and `# END tsync`, both included. */
  readonly ours: boolean;
}

export const DISABLED_MARK = '#tsync# ';
export const BLOCK_BEGIN = '# BEGIN tsync';
export const BLOCK_END = '# END tsync';

/** Reads any bytes; `printChronyConfig` gives the same bytes back. Never throws. */
export function parseChronyConfig(bytes: Uint8Array): readonly ConfigLine[] {
  const texts = bytesToText(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const ours = findBlocks(texts);
  return texts.map((text, index) => parseLine(text, ours.has(index)));
}

/** A begin without its end is no block: what follows it belongs to somebody else. */
function findBlocks(texts: readonly string[]): ReadonlySet<number> {
  const ours = new Set<number>();
  let begin: number | null = null;
  for (const [index, text] of texts.entries()) {
    const trimmed = text.trimEnd();
    if (trimmed === BLOCK_BEGIN) begin = index;
    if (trimmed !== BLOCK_END || begin === null) continue;
    for (let line = begin; line <= index; line++) ours.add(line);
    begin = null;
  }
  return ours;
}

export function printChronyConfig(lines: readonly ConfigLine[]): Uint8Array {
  return textToBytes(lines.map((line) => line.text).join(''));
}

/** Reads one line; `text` keeps its line end. */
export function parseLine(text: string, ours = false): ConfigLine {
  const disabled = text.startsWith(DISABLED_MARK);
  const words = splitWords(disabled ? text.slice(DISABLED_MARK.length) : text);
  const first = words[0];
  if (first === undefined || isComment(first)) return { text, directive: null, args: [], disabled: false, ours };
  return { text, directive: first.toLowerCase(), args: words.slice(1), disabled, ours };
}

/** chronyd separates words as C's isspace does, and knows no quotes and no comments behind a directive. */
function splitWords(text: string): string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
}

/** Only at the start of a line: `server a # b` is an error to chronyd. */
function isComment(word: string): boolean {
  return '!;#%'.includes(word.charAt(0));
}
