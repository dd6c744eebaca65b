import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellWidth, padCells } from '#report/cell-width.js';
import { hostNames } from '#report/host-names.js';
import { shellWord } from '#report/next-commands.js';
import { wrap } from '#report/wrap.js';

test.each([
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['🕒', 2],
  ['±', 1],
])('%s takes %i columns', (text, width) => {
  expect(cellWidth(text)).toBe(width);
  expect(cellWidth(padCells(text, 10))).toBe(10);
});

describe('wrapping', () => {
  test('keeps every word, whole', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), fc.integer({ min: 1, max: 80 }), (words, width) => {
        const text = words.join(' ');
        expect(wrap(text, width).join(' ')).toBe(text);
      }),
    );
  });

  test('only a word that is too long alone makes a line too long', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 1, max: 80 }), (text, width) => {
        for (const line of wrap(text, width))
          if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('names of hosts', () => {
  test('are all there when they fit, and counted when they do not', () => {
    expect(hostNames(['a', 'b', 'c'], 20)).toBe('a, b, c');
    expect(hostNames(['web-01', 'web-02', 'web-03', 'web-04'], 24)).toBe('web-01 and 3 more');
    expect(hostNames(['web-01', 'web-02', 'web-03', 'web-04'], 25)).toBe('web-01, web-02 and 2 more');
    expect(hostNames(['a-name-that-is-too-long'], 5)).toBe('a-name-that-is-too-long');
    expect(hostNames([], 5)).toBe('');
  });
});

test.each([
  ['inventory.yaml', 'inventory.yaml'],
  ['my fleet.yaml', `'my fleet.yaml'`],
  [`it's`, `'it'\\''s'`],
  ['$(reboot)', `'$(reboot)'`],
  ['', `''`],
])('%s is written for a shell as %s', (word, written) => {
  expect(shellWord(word)).toBe(written);
});
