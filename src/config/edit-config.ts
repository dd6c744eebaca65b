import { BLOCK_BEGIN, BLOCK_END, type ConfigLine, DISABLED_MARK, parseLine, type ReadWords } from './config-line.js';

export interface ConfigEdit {
  /** Lines (0-based) to switch off. */
  readonly disable: ReadonlySet<number>;
  /** Lines (0-based) that tsync switched off and that are to count again. */
  readonly enable: ReadonlySet<number>;
  /** The lines of our own block, without line ends; none = no block. */
  readonly block: readonly string[];
}

/** Applies the edit; every line that is not named and not ours stays as it is, byte for byte. */
export function editConfig(
  lines: readonly ConfigLine[],
  edit: ConfigEdit,
  readWords: ReadWords,
): readonly ConfigLine[] {
  if (edit.disable.size === 0 && edit.enable.size === 0 && sameBlock(lines, edit.block)) return lines;
  // A mark of ours without its partner goes too: beside the new block it would make a block of somebody else's lines.
  const kept = lines.flatMap((line, index) =>
    line.ours || isMark(line) ? [] : [switchLine(line, index, edit, readWords)],
  );
  return [...kept, ...makeBlock(kept, edit.block, readWords)];
}

function isMark({ text }: ConfigLine): boolean {
  const trimmed = text.trimEnd();
  return trimmed === BLOCK_BEGIN || trimmed === BLOCK_END;
}

function switchLine(line: ConfigLine, index: number, edit: ConfigEdit, readWords: ReadWords): ConfigLine {
  if (edit.disable.has(index) && !line.disabled) return parseLine(DISABLED_MARK + line.text, readWords);
  if (edit.enable.has(index) && line.disabled) return parseLine(line.text.slice(DISABLED_MARK.length), readWords);
  return line;
}

function sameBlock(lines: readonly ConfigLine[], block: readonly string[]): boolean {
  const present = lines.filter((line) => line.ours).map((line) => line.text);
  const wanted = withMarks(block);
  return present.length === wanted.length && present.every((text, index) => text === wanted[index]);
}

function makeBlock(
  before: readonly ConfigLine[],
  block: readonly string[],
  readWords: ReadWords,
): readonly ConfigLine[] {
  if (block.length === 0) return [];
  const last = before.at(-1);
  const gap = last === undefined || last.text.endsWith('\n') ? [] : [parseLine('\n', readWords)];
  return [...gap, ...withMarks(block).map((text) => parseLine(text, readWords, true))];
}

function withMarks(block: readonly string[]): string[] {
  return block.length === 0 ? [] : [BLOCK_BEGIN, ...block, BLOCK_END].map((line) => `${line}\n`);
}
