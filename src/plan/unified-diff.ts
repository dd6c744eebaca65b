import { printable } from '#errors/printable.js';
import type { Change, States } from '#resources/resource.js';
import { type DiffLine, diffLines } from './line-diff.js';

/** One change as a unified diff; services and parameters as lines before and after. Free of control characters. */
export function unifiedDiff(change: Change): string {
  const [from, to] = [textOf(change.kind, change.before), textOf(change.kind, change.after)];
  const label = change.kind === 'file' ? change.name : `${change.kind} ${change.name}`;
  const attributes = change.kind === 'file' ? attributeLines(change.before, change.after) : '';
  const body = from === to ? '' : patch(printable(label), change, from, to);
  return attributes + body;
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

function attributeLines(before: States['file'], after: States['file']): string {
  if (before === null || after === null) return '';
  const [from, to] = [describeAttributes(before), describeAttributes(after)];
  return from === to ? '' : `-${from}\n+${to}\n`;
}

function describeAttributes({ mode, owner, group }: NonNullable<States['file']>): string {
  return printable(`mode ${mode} owner ${owner} group ${group}`);
}

function textOf(kind: Change['kind'], state: Change['before']): string {
  if (state === null) return '';
  if (kind === 'file') return decode((state as NonNullable<States['file']>).bytes);
  if (kind === 'module-parameter') return `${printable((state as { value: string }).value)}\n`;
  const { active, masked, links } = state as NonNullable<States['service']>;
  const lines = [active ? 'active' : 'inactive', ...(masked ? ['masked'] : []), ...links];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

/** UTF-8 where it is UTF-8; any other bytes are shown as `\xNN`, so that the diff of a Latin-1 file is exact too. */
function decode(bytes: Uint8Array): string {
  return printable(decodeUtf8(bytes) ?? decodeBytes(bytes), { lines: true });
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decodeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
