import { cellWidth } from './cell-width.js';

/**
 * Breaks a text at its spaces into lines of at most `width` columns; a word that is longer stands alone on its line, whole,
 * so that a path or an address can still be copied. At least one line.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ')) {
    const longer: string = line === null ? word : `${line} ${word}`;
    if (line !== null && cellWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line ?? ''];
}
