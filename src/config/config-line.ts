import { bytesToText, textToBytes } from '#snapshot/bytes.js';

/** One line of a configuration file. */
export interface ConfigLine {
  /** One character a byte, with its line end (none on a last line without one). */
  readonly text: string;
  /** As the daemon compares it; null for blank lines and comments. */
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

/** How a daemon reads one line: the directive and its arguments; nothing for blank lines and comments. */
export type ReadWords = (text: string) => readonly string[];

/** Reads any bytes; `printConfig` gives the same bytes back. Never throws. */
export function parseConfig(bytes: Uint8Array, readWords: ReadWords): readonly ConfigLine[] {
  const texts = bytesToText(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const ours = findBlocks(texts);
  return texts.map((text, index) => parseLine(text, readWords, ours.has(index)));
}

/** A begin without its end is no block: what follows it belongs to somebody else. */
export function findBlocks(texts: readonly string[]): ReadonlySet<number> {
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

export function printConfig(lines: readonly ConfigLine[]): Uint8Array {
  return textToBytes(lines.map((line) => line.text).join(''));
}

/** Reads one line; `text` keeps its line end. */
export function parseLine(text: string, readWords: ReadWords, ours = false): ConfigLine {
  const disabled = text.startsWith(DISABLED_MARK);
  const [directive, ...args] = readWords(disabled ? text.slice(DISABLED_MARK.length) : text);
  if (directive === undefined) return { text, directive: null, args: [], disabled: false, ours };
  return { text, directive, args, disabled, ours };
}
