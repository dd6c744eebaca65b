import { wrapCells } from '#report/cell-width.js';
import { type Line, span, type Tone } from './styled-line.js';

/** A text broken into lines of `width` cells, each after `indent` spaces. Line feeds in it break too. */
export function textBlock(text: string, width: number, tone: Tone = 'plain', indent = 0): readonly Line[] {
  const lines = text.split('\n').flatMap((line) => wrapCells(line, width - indent));
  return lines.map((line) => [span(' '.repeat(indent)), span(line, tone)]);
}

/** A label in its own column, and beside it a text that is broken into lines. */
export function labelled(
  label: string,
  text: string,
  width: number,
  tone: Tone = 'plain',
  labelWidth = 10,
  labelTone: Tone = 'dim',
): readonly Line[] {
  const lines = textBlock(text, width - labelWidth - 2, tone);
  return lines.map((line, i) => [span('  '), span((i === 0 ? label : '').padEnd(labelWidth), labelTone), ...line]);
}

/** `Title ─────────` over the whole width. */
export function heading(title: string, width: number, rule: string, tone: Tone = 'title'): Line {
  return [span(title, tone), span(` ${rule.repeat(Math.max(0, width - title.length - 1))}`, 'dim')];
}
