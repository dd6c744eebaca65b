import { printable } from './printable.js';
import type { Place, TsyncError } from './tsync-error.js';

/**
 * A mistake as text for a terminal, without a line feed at the end:
 * `error: summary`, ` --> file:line:column`, the line with a caret below it, the detail, `hint:`.
 */
export function renderError(error: TsyncError): string {
  const { summary, detail, hint } = error.problem;
  return [
    `error: ${summary}`,
    ...(error.place ? placeLines(error.place) : []),
    printable(detail, { lines: true }),
    `hint: ${hint}`,
  ].join('\n');
}

const WIDTH = 100;

function placeLines(place: Place): string[] {
  const number = String(place.line);
  const gutter = ' '.repeat(number.length);
  const { text, column } = cut(place);
  return [
    `${gutter}--> ${printable(place.file)}:${place.line}:${place.column}`,
    `${gutter} |`,
    `${number} | ${text}`,
    `${gutter} | ${' '.repeat(Math.max(0, column))}^`,
  ];
}

/** A long line is cut around the column; what cannot be printed becomes a mark, so the caret moves with it. */
function cut({ excerpt, column }: Place): { text: string; column: number } {
  const at = Math.min(column - 1, excerpt.length);
  const from = at < WIDTH ? 0 : at - WIDTH / 2;
  const head = printable(excerpt.slice(from, at));
  const tail = printable(excerpt.slice(at, from + WIDTH));
  const open = from > 0 ? '…' : '';
  const close = excerpt.length > from + WIDTH ? '…' : '';
  return { text: `${open}${head}${tail}${close}`, column: open.length + head.length };
}
