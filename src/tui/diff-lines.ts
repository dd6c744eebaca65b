import { printable } from '#errors/printable.js';
import { breakCells } from '#report/cell-width.js';
import { type Glyphs, glyphsFor } from './glyphs.js';
import { type Line, type Look, span, type Tone } from './styled-line.js';

/** A unified diff as coloured lines. Long ones are broken, never cut: what is approved can be read to its end. */
export function diffLines(diff: string, width: number, look: Look): readonly Line[] {
  const glyphs = glyphsFor(look.unicode);
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => diffLine(line, width, glyphs));
}

function diffLine(raw: string, width: number, glyphs: Glyphs): readonly Line[] {
  const line = printable(raw.replaceAll('\t', glyphs.tab));
  const tone = toneOf(line);
  const [first = '', ...rest] = breakCells(line, width - INDENT.length);
  const edge = tone === 'good' || tone === 'bad' ? span(glyphs.side, tone) : span(' ');
  return [first, ...rest.map((part) => `  ${part}`)].map((part) => [span('  '), edge, span(' '), span(part, tone)]);
}

/** Cells before the text, and two for the mark of a broken line. */
const INDENT = '      ';

function toneOf(line: string): Tone {
  if (line.startsWith('+++') || line.startsWith('---')) return 'strong';
  if (line.startsWith('@@')) return 'accent';
  if (line.startsWith('+')) return 'good';
  if (line.startsWith('-')) return 'bad';
  return line.startsWith('\\') ? 'dim' : 'plain';
}
