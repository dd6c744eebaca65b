import { diffArrays } from 'diff';
import { BLOCK_BEGIN, BLOCK_END, DISABLED_MARK, findBlocks } from '#config/config-line.js';
import type { LineDiff } from '#resources/resource-kind.js';

/** One line, with its line end, of two texts laid side by side: in both, only in the first, only in the second. */
export interface DiffLine {
  readonly op: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The lines of `before` and `after` side by side, those that go before those that come. A host chooses how long its files are and
 * what stands in them, so nothing is searched for that could take long: an edit of ours is read back from the marks that the editor
 * left, line by line; of other texts, up to `SEARCHED_LINES` that differ are compared in every way, and more count as replaced.
 */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  return grouped(readEdit(from, to) ?? turned(readEdit(to, from)) ?? search(from, to));
}

/** The lines that only one of the two texts has. */
export const changedLines: LineDiff = (before, after) => {
  const lines = diffLines(before, after);
  const only = (wanted: DiffLine['op']) => lines.flatMap(({ op, text }) => (op === wanted ? [text] : []));
  return { removed: only('-'), added: only('+') };
};

/** Above it a line by line comparison says little to a reader, and costs the square of it. */
const SEARCHED_LINES = 400;

/** Lines with their ends; the last one may lack it. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * What `editConfig` did, if that is how `after` came from `before`: every line that is not ours stands where it stood, as it was or
 * switched off or on; our block and stray marks are gone, and a new block is at the end. Null where it is anything else.
 */
function readEdit(before: readonly string[], after: readonly string[]): readonly DiffLine[] | null {
  const ours = findBlocks(before);
  const isOurs = (index: number) => ours.has(index) || isMark(before[index] ?? '');
  const lines: DiffLine[] = [];
  /** Since the last line that stays: where the block is, mostly. */
  let gone: string[] = [];
  let at = 0;
  for (const [index, text] of before.entries()) {
    if (isOurs(index)) {
      gone.push(text);
      continue;
    }
    for (const one of gone) lines.push(removed(one));
    gone = [];
    const now = after[at++];
    if (now === text) lines.push(kept(text));
    else if (now !== undefined && isSwitched(text, now)) lines.push(removed(text), added(now));
    else return null;
  }
  const block = after.slice(at);
  return findBlocks(block).size < block.length ? null : lines.concat(search(gone, block));
}

/** A last line without an end gets one when a block is put behind it. */
function isSwitched(text: string, now: string): boolean {
  const whole = text.endsWith('\n') ? text : now.endsWith('\n') ? `${text}\n` : text;
  return now === whole || now === DISABLED_MARK + whole || whole === DISABLED_MARK + now;
}

function isMark(text: string): boolean {
  const trimmed = text.trimEnd();
  return trimmed === BLOCK_BEGIN || trimmed === BLOCK_END;
}

/** The shortest way from one to the other, where there are few lines between what they begin and end with. */
function search(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [from, to] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const isShort = from.length + to.length <= SEARCHED_LINES;
  return before
    .slice(0, head)
    .map(kept)
    .concat(isShort ? shortest(from, to) : from.map(removed).concat(to.map(added)))
    .concat(before.slice(before.length - tail).map(kept));
}

function shortest(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  return diffArrays([...before], [...after]).flatMap((part) =>
    part.value.map((text) => (part.removed ? removed(text) : part.added ? added(text) : kept(text))),
  );
}

/** Between two lines that stay, what goes stands before what comes. */
function grouped(lines: readonly DiffLine[]): readonly DiffLine[] {
  const sorted: DiffLine[] = [];
  let coming: DiffLine[] = [];
  for (const line of [...lines, null]) {
    if (line?.op === '+') {
      coming.push(line);
      continue;
    }
    if (line === null || line.op === ' ') {
      for (const one of coming) sorted.push(one);
      coming = [];
    }
    if (line !== null) sorted.push(line);
  }
  return sorted;
}

function turned(lines: readonly DiffLine[] | null): readonly DiffLine[] | null {
  return lines?.map(({ op, text }) => ({ op: op === '-' ? '+' : op === '+' ? '-' : op, text })) ?? null;
}

const kept = (text: string): DiffLine => ({ op: ' ', text });
const removed = (text: string): DiffLine => ({ op: '-', text });
const added = (text: string): DiffLine => ({ op: '+', text });
