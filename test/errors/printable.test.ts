import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '#errors/printable.js';
import { cellWidth } from '#report/cell-width.js';

const shown = (code: number) =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{3}|(?:^|[^\p{L}\p{N}\p{M}])\p{M}/u;

describe('printable', () => {
  it.each([
    ['soft hyphen', 0xad],
    ['combining grapheme joiner', 0x34f],
    ['Arabic letter mark', 0x61c],
    ['Hangul choseong filler', 0x115f],
    ['Hangul jungseong filler', 0x1160],
    ['Khmer inherent vowel', 0x17b4],
    ['Mongolian variation selector', 0x180b],
    ['Mongolian vowel separator', 0x180e],
    ['zero width space', 0x200b],
    ['zero width joiner', 0x200d],
    ['right-to-left override', 0x202e],
    ['word joiner', 0x2060],
    ['isolate', 0x2067],
    ['deprecated format character', 0x206f],
    ['braille blank', 0x2800],
    ['Hangul filler', 0x3164],
    ['variation selector 1', 0xfe00],
    ['variation selector 16', 0xfe0f],
    ['byte order mark', 0xfeff],
    ['halfwidth Hangul filler', 0xffa0],
    ['interlinear annotation anchor', 0xfff9],
    ['interlinear annotation terminator', 0xfffb],
    ['object replacement character', 0xfffc],
    ['noncharacter', 0xffff],
    ['Kaithi number sign', 0x110bd],
    ['musical null notehead', 0x1d159],
    ['musical beam', 0x1d173],
    ['private use', 0xe000],
    ['language tag', 0xe0001],
    ['tag letter', 0xe0061],
    ['variation selector 256', 0xe01ef],
    ['unassigned', 0x50000],
    ['no-break space', 0xa0],
    ['em space', 0x2003],
    ['narrow no-break space', 0x202f],
    ['ideographic space', 0x3000],
    ['line separator', 0x2028],
    ['lone surrogate', 0xd800],
    ['escape', 0x1b],
    ['C1 control sequence introducer', 0x9b],
  ])('shows a %s', (_name, code) => {
    const character = String.fromCodePoint(code);
    for (const [before, after] of [
      ['a', 'b'],
      ['', ''],
      [' ', ' '],
      ['ä', '中'],
    ] as const)
      expect(printable(`${before}${character}${after}`)).toBe(`${before}${shown(code)}${after}`);
  });

  it.each([
    'Zürich',
    'Zu\u0308rich',
    'tiếng Việt',
    'tie\u0302\u0301ng',
    'ที่นี่',
    'हिन्दी',
    'Ωμέγα',
    '中文',
    '한국어',
    '日本語',
    'שלום',
    'العربية',
    '±25 µs',
    '🕰',
    '1\u0301',
  ])('leaves %j as it is written', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('shows every combining mark from the third on, and each that has no letter to stand on', () => {
    expect(printable(`a${'\u0301'.repeat(5)}b`)).toBe(`a\u0301\u0301${'\\u{301}'.repeat(3)}b`);
    expect(printable('\u0301')).toBe('\\u{301}');
    expect(printable('=\u0301')).toBe('=\\u{301}');
    expect(printable(' \u0308')).toBe(' \\u{308}');
    expect(printable('\u3164\u0301')).toBe('\\u{3164}\\u{301}');
    expect(printable('a\u200d\u0301\u0301')).toContain('\\u{301}');
  });

  it('shows what strikes through or encloses a letter', () => {
    expect(printable('o\u0336k\u20e0')).toBe('o\\u{336}k\\u{20e0}');
  });

  it('keeps line feeds and tabs of a text of many lines only', () => {
    expect(printable('a\n\tb')).toBe('a\\x0a b');
    expect(printable('a\n\tb', { lines: true })).toBe('a\n\tb');
  });

  it('lets nothing through that is not seen, whatever stands around it, and shows it once only', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'a',
        ' ',
        '\u0301',
        '\u0323',
        '\u00ad',
        '\u3164',
        '\ufe0f',
        '\u{e0041}',
        '\u202e',
        '\u001b[31m',
        '中',
        '\ud800',
      ),
      fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = printable(parts.join(''));
        return !UNSEEN.test(text) && printable(text) === text;
      }),
      { numRuns: 300 },
    );
  });

  it('gives every character a width of its own, so that a column stays a column', () => {
    for (const text of ['a\u00adb', '\u3164', 'x\ufe0f', `a${'\u0301'.repeat(9)}`, '\u{e0061}'])
      expect(cellWidth(printable(text))).toBe([...printable(text).replace(/\p{M}/gu, '')].length);
  });

  it('is linear in a long text', () => {
    const cpuMs = (text: string) => {
      const before = process.cpuUsage();
      printable(text);
      return process.cpuUsage(before).user / 1000;
    };
    expect(cpuMs(`é${'\u0301'.repeat(65_536)}`)).toBeLessThan(2000);
    expect(cpuMs('é'.repeat(1_000_000))).toBeLessThan(2000);
  });
});
