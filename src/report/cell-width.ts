/** Cells that a text takes in a terminal: East Asian wide characters and emoji two, combining marks none. */
export function cellWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in exactly `width` cells: cut with `ellipsis`, or filled with spaces on the side that `align` leaves free. */
export function fitCells(text: string, width: number, ellipsis: string, align: 'left' | 'right' = 'left'): string {
  if (width <= 0) return '';
  const own = cellWidth(text);
  if (own <= width) return align === 'left' ? text + ' '.repeat(width - own) : ' '.repeat(width - own) + text;
  const kept = takeCells(text, width - cellWidth(ellipsis));
  const cut = takeCells(kept + ellipsis, width);
  return cut + ' '.repeat(width - cellWidth(cut));
}

/** As much of the beginning as fits into `width` cells; a wide character is never halved. */
export function takeCells(text: string, width: number): string {
  if (width <= 0) return '';
  if (PLAIN.test(text)) return text.slice(0, width);
  let taken = '';
  let left = width;
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    taken += segment;
  }
  return taken;
}

/** Breaks one line at spaces where it can, else anywhere; nothing but those spaces is lost. At least one line. */
export function wrapCells(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  const room = Math.max(2, width);
  while (cellWidth(rest) > room) {
    const head = takeCells(rest, room);
    const space = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    const atSpace = space > 0 && head.slice(0, space).trim() !== '';
    lines.push(atSpace ? rest.slice(0, space) : head);
    rest = rest.slice(atSpace ? space + 1 : head.length);
  }
  return [...lines, rest];
}

/** Breaks one line every `width` cells and loses nothing. At least one line. */
export function breakCells(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (cellWidth(rest) > Math.max(2, width)) {
    const head = takeCells(rest, Math.max(2, width));
    lines.push(head);
    rest = rest.slice(head.length);
  }
  return [...lines, rest];
}

const PLAIN = /^[ -~]*$/;
const MARK = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
const EMOJI = /^\p{Emoji_Presentation}|\ufe0f/u;
/** Unicode 16 East Asian Wide and Fullwidth, in the blocks that text uses. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) return 0;
  return WIDE.test(grapheme) || EMOJI.test(grapheme) ? 2 : 1;
}

/** Fills with spaces on the right up to `width` cells; what is wider stays whole. */
export function padCells(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}
