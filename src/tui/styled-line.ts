import type { Severity } from '#plan/plan.js';
import { cellWidth, takeCells } from '#report/cell-width.js';

/** What a piece of text means; how it looks is decided here and nowhere else. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'critical'
  | 'title'
  | 'bar'
  | 'key'
  | 'badge';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the screen, without line feeds. */
export type Line = readonly Span[];

/** How this terminal is spoken to. */
export interface Look {
  readonly color: boolean;
  readonly unicode: boolean;
}

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + cellWidth(text), 0);
}

/** Cuts to `width` cells. */
function clipLine(line: Line, width: number): Line {
  const clipped: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const kept = takeCells(text, left);
    left -= cellWidth(kept);
    clipped.push({ text: kept, tone });
    if (kept.length < text.length) break;
  }
  return clipped;
}

/** Left and right parts on one line of `width` cells; the right one goes first when there is no room for both. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lineWidth(left) - lineWidth(right);
  return gap < 1 ? clipLine(left, width) : [...left, span(' '.repeat(gap)), ...right];
}

/** The line as text with SGR sequences, cut to `width`; a selected line is filled to its end. Without colour: plain text. */
export function paintLine(line: Line, width: number, look: Look, selected = false): string {
  const clipped = clipLine(look.unicode ? line : inAscii(line), width);
  if (!look.color)
    return clipped
      .map(({ text }) => text)
      .join('')
      .trimEnd();
  if (!selected) return clipped.map(({ text, tone }) => paint(text, SGR[tone])).join('');
  const fill = ' '.repeat(Math.max(0, width - lineWidth(clipped)));
  return paint(clipped.map(({ text }) => text).join('') + fill, SELECTED);
}

/** What such a terminal cannot show becomes a question mark for each of its cells. */
function inAscii(line: Line): Line {
  return line.map(({ text, tone }) =>
    span(
      text.replace(/[^ -~]/gu, (character) => '?'.repeat(cellWidth(character))),
      tone,
    ),
  );
}

const SELECTED = '1;97;48;5;24';
const SGR: Record<Tone, string> = {
  plain: '',
  dim: '2',
  strong: '1',
  accent: '36',
  good: '32',
  warn: '33',
  bad: '31',
  critical: '1;31',
  title: '1;36',
  bar: '34',
  key: '1;36',
  badge: '1;30;46',
};

function paint(text: string, sgr: string): string {
  return sgr === '' || text === '' ? text : `\u001b[${sgr}m${text}\u001b[0m`;
}

export function severityTone(severity: Severity): Tone {
  switch (severity) {
    case 'critical':
      return 'critical';
    case 'high':
      return 'bad';
    case 'medium':
      return 'warn';
    default:
      return 'accent';
  }
}
