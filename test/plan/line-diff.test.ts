import { applyPatch, diffLines as jsdiffLines } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChronyConfig, readChronyWords } from '#config/chrony-config.js';
import { printConfig } from '#config/config-line.js';
import { editConfig } from '#config/edit-config.js';
import { type DiffLine, diffLines } from '#plan/line-diff.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import type { Change } from '#resources/resource.js';
import { bytesToText, textToBytes } from '#snapshot/bytes.js';

const word = fc.constantFrom(
  'server a',
  'server b iburst',
  'makestep 1 3',
  '',
  '# a comment',
  '#tsync# server c',
  '#tsync# #tsync# x',
  '# BEGIN tsync',
  '# END tsync',
  'local',
);

/** A file, an edit of it as the editor makes it, and what comes out. */
const edits = fc
  .record({
    lines: fc.array(word, { maxLength: 40 }),
    ends: fc.boolean(),
    disable: fc.array(fc.nat(40), { maxLength: 40 }),
    enable: fc.array(fc.nat(40), { maxLength: 40 }),
    block: fc.array(fc.constantFrom('server a', 'makestep 1 -1', 'confdir /run/chrony-dhcp'), { maxLength: 4 }),
  })
  .map(({ lines, ends, ...edit }) => edited(lines.join('\n') + (ends ? '\n' : ''), edit));

function edited(
  before: string,
  edit: { readonly disable: readonly number[]; readonly enable: readonly number[]; readonly block: readonly string[] },
) {
  const sets = { disable: new Set(edit.disable), enable: new Set(edit.enable), block: edit.block };
  const after = editConfig(parseChronyConfig(textToBytes(before)), sets, readChronyWords);
  return { before, after: bytesToText(printConfig(after)) };
}

function textOf(lines: readonly DiffLine[], without: '-' | '+'): string {
  return lines
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join('');
}

function changeOf(before: string, after: string): Change {
  const state = (text: string) =>
    ({ bytes: textToBytes(text), mode: '0644', owner: 'root', group: 'root', truncated: false }) as const;
  return {
    id: 'file:/etc/x',
    kind: 'file',
    name: '/etc/x',
    before: state(before),
    after: state(after),
    because: 'phc/configured',
  };
}

const size = (lines: readonly DiffLine[]) => lines.filter(({ op }) => op !== ' ').length;
const sizeByJsdiff = (before: string, after: string) =>
  jsdiffLines(before, after).reduce((sum, part) => sum + (part.added || part.removed ? part.count : 0), 0);

describe('the lines of a diff', () => {
  it('make the file after of the file before, for every edit of the editor and for its undo', () => {
    fc.assert(
      fc.property(edits, ({ before, after }) => {
        for (const [from, to] of [
          [before, after],
          [after, before],
        ] as const) {
          const lines = diffLines(from, to);
          expect(textOf(lines, '+')).toBe(from);
          expect(textOf(lines, '-')).toBe(to);
          const diff = unifiedDiff(changeOf(from, to));
          expect(from === to ? diff : applyPatch(from, diff)).toBe(from === to ? '' : to);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('make one file of another, whatever both hold', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', '\n', '# END tsync\n', '# BEGIN tsync\n', '#tsync# a\n', 'x'));
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('')),
        text.map((parts) => parts.join('')),
        (from, to) => {
          const lines = diffLines(from, to);
          expect(textOf(lines, '+')).toBe(from);
          expect(textOf(lines, '-')).toBe(to);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are as few as jsdiff finds, where no two lines of the file are alike', () => {
    const unlike = fc
      .record({
        count: fc.nat(30),
        disable: fc.array(fc.nat(30)),
        enable: fc.array(fc.nat(30)),
        block: fc.uniqueArray(fc.constantFrom('one', 'two', 'three', 'four'), { maxLength: 4 }),
        old: fc.uniqueArray(fc.constantFrom('one', 'two', 'three', 'four'), { maxLength: 4 }),
      })
      .map(({ count, old, ...edit }) => {
        const lines = Array.from({ length: count }, (_, at) => `${at % 3 === 0 ? '#tsync# ' : ''}server h${at}\n`);
        const block = old.length === 0 ? '' : `# BEGIN tsync\n${old.join('\n')}\n# END tsync\n`;
        return edited(lines.join('') + block, edit);
      });
    fc.assert(
      fc.property(unlike, ({ before, after }) => {
        expect(size(diffLines(before, after))).toBe(sizeByJsdiff(before, after));
      }),
      { numRuns: 1000 },
    );
  });

  it('name the line that was switched, though another of the same text stands beside it', () => {
    const { before, after } = edited('server a\n#tsync# server a\n', { disable: [0], enable: [1], block: [] });
    expect(diffLines(before, after).map(({ op, text }) => op + text)).toEqual([
      '-server a\n',
      '-#tsync# server a\n',
      '+#tsync# server a\n',
      '+server a\n',
    ]);
  });

  it('say of long texts that have nothing in common that one replaces the other', () => {
    const [from, to] = ['a', 'b'].map((letter) => Array.from({ length: 300 }, (_, at) => `${letter}${at}\nsame\n`));
    const lines = diffLines(from?.join('') ?? '', to?.join('') ?? '');
    // the line feeds at the end and whatever both begin with stay
    expect(lines.filter(({ op }) => op === ' ')).toHaveLength(1);
  });
});

describe('a long diff', () => {
  const before = 'server a\n'.repeat(7000);

  it('shows its beginning and counts the rest', () => {
    const all = Array.from({ length: 7000 }, (_, at) => at);
    const { after } = edited(before, { disable: all, enable: [], block: [] });
    const shown = unifiedDiff(changeOf(before, after)).split('\n');
    expect(shown).toHaveLength(2 + 2000 + 2);
    expect(shown.at(-2)).toBe('(12001 more lines, of which 5001 go and 7000 come)');
  });
});
