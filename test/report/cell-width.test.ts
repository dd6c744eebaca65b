import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakCells, cellWidth, fitCells, takeCells, wrapCells } from '#report/cell-width.js';

const texts = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ab 漢]*$/));
const widths = fc.integer({ min: 2, max: 30 });

describe('the width of a text', () => {
  it('is two cells for wide characters and emoji, none for combining marks', () => {
    expect(['abc', '漢字', 'e\u0301', '🙂', '✓', '한', 'Ａ'].map(cellWidth)).toEqual([3, 4, 1, 2, 1, 2, 2]);
  });

  it('is exactly what was asked for after fitting', () => {
    fc.assert(
      fc.property(texts, widths, (text, width) => void expect(cellWidth(fitCells(text, width, '…'))).toBe(width)),
    );
  });

  it('never halves a wide character', () => {
    expect(takeCells('漢字', 3)).toBe('漢');
    expect(fitCells('漢字漢', 4, '…')).toBe('漢… ');
  });
});

describe('breaking a line', () => {
  it('at its end loses nothing', () => {
    fc.assert(fc.property(texts, widths, (text, width) => void expect(breakCells(text, width).join('')).toBe(text)));
  });

  it('at spaces loses nothing but spaces', () => {
    const bare = (text: string): string => text.replaceAll(' ', '');
    fc.assert(
      fc.property(texts, widths, (text, width) => void expect(bare(wrapCells(text, width).join(''))).toBe(bare(text))),
    );
  });

  it('leaves no line that is too wide', () => {
    fc.assert(
      fc.property(texts, widths, (text, width) => {
        for (const line of [...wrapCells(text, width), ...breakCells(text, width)])
          expect(cellWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('breaks at a space where there is one, and inside a long word otherwise', () => {
    expect(wrapCells('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapCells('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});
