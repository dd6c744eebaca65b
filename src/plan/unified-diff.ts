import { printable } from '#errors/printable.js';
import { kindOf } from '#resources/kinds.js';
import type { Change } from '#resources/resource.js';
import { type DiffLine, diffLines } from './line-diff.js';

/** One change as a unified diff; of what is no file, of its state as lines. Free of control characters. */
export function unifiedDiff(change: Change): string {
  const { label, text, attributes } = kindOf(change);
  const { before, after } = change;
  const [from, to] = [before, after].map((state) => (state === null ? '' : text(state))) as [string, string];
  const body = from === to ? '' : patch(printable(label(change.name)), change, from, to);
  return attributeLines(before && attributes(before), after && attributes(after)) + body;
}

/** Of what is made or removed they are not shown. */
function attributeLines(from: string | null, to: string | null): string {
  return from === null || to === null || from === to ? '' : `-${from}\n+${to}\n`;
}

function patch(label: string, change: Change, from: string, to: string): string {
  const [oldName, newName] = [
    change.before === null ? '/dev/null' : label,
    change.after === null ? '/dev/null' : label,
  ];
  const lines = diffLines(from, to);
  const text = hunksOf(lines).map((hunk) => hunkText(lines, hunk));
  return `--- ${oldName}\n+++ ${newName}\n${bounded(text.join(''))}`;
}

/** Lines from and to (not included) of a hunk, and how many lines of each text stand before it. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly oldLines: number;
  readonly newLines: number;
}

const CONTEXT = 3;

/** Changes with what stands around them; those whose surroundings touch are one. */
function hunksOf(lines: readonly DiffLine[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let open: { from: number; to: number } | null = null;
  let [oldLines, newLines, counted] = [0, 0, 0];
  const count = (end: number) => {
    for (; counted < end; counted++) {
      if (lines[counted]?.op !== '+') oldLines++;
      if (lines[counted]?.op !== '-') newLines++;
    }
  };
  const close = () => {
    if (open === null) return;
    count(open.from);
    hunks.push({ ...open, oldLines, newLines });
  };
  for (const [index, { op }] of lines.entries()) {
    if (op === ' ') continue;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + 1 + CONTEXT)];
    if (open !== null && from <= open.to) open.to = to;
    else {
      close();
      open = { from, to };
    }
  }
  close();
  return hunks;
}

function hunkText(lines: readonly DiffLine[], { from, to, oldLines, newLines }: Hunk): string {
  const shown = lines.slice(from, to);
  const range = (before: number, other: DiffLine['op']) => {
    const length = shown.filter(({ op }) => op !== other).length;
    return `${length === 0 ? before : before + 1},${length}`;
  };
  const body = shown.map(({ op, text }) => op + (text.endsWith('\n') ? text : `${text}\n${NO_END}\n`));
  return `@@ -${range(oldLines, '+')} +${range(newLines, '-')} @@\n${body.join('')}`;
}

const NO_END = '\\ No newline at end of file';

/** As much as a person can read; the rest is counted, and a saved plan has it. */
function bounded(text: string): string {
  const lines = text.split('\n');
  const rest = lines.splice(MOST_LINES, lines.length - 1 - MOST_LINES);
  if (rest.length === 0) return text;
  const [gone, come] = ['-', '+'].map((op) => rest.filter((line) => line.startsWith(op)).length);
  return `${lines.join('\n')}(${rest.length} more lines, of which ${gone} go and ${come} come)\n`;
}

const MOST_LINES = 2000;
