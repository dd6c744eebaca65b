import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChronyConfig, readChronyWords } from '#config/chrony-config.js';
import { printConfig } from '#config/config-line.js';
import { type ConfigEdit, editConfig as editLines } from '#config/edit-config.js';
import { textToBytes } from '#snapshot/bytes.js';
import { chronyConf } from '../plan/made-hosts.js';

const parse = (text: string) => parseChronyConfig(textToBytes(text));
const print = (lines: ReturnType<typeof parse>) => String.fromCharCode(...printConfig(lines));

const editConfig = (lines: ReturnType<typeof parse>, edit: ConfigEdit) => editLines(lines, edit, readChronyWords);

/** Bytes that are likely to look like a configuration, and any others. */
const anyConfig = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        'server a',
        '#tsync# pool b',
        '# BEGIN tsync',
        '# END tsync',
        ' MakeStep 1 3 ',
        '',
        'é\xff',
        '! x',
      ),
      { maxLength: 12 },
    )
    .map((lines) => textToBytes(lines.join('\n'))),
);

describe('chrony.conf', () => {
  it('comes back byte for byte, whatever the bytes', () => {
    fc.assert(
      fc.property(anyConfig, (bytes) => {
        expect(printConfig(parseChronyConfig(bytes))).toEqual(bytes);
      }),
    );
  });

  it('is read as chronyd reads it: any case, any blanks, comments only at the start of a line', () => {
    const lines = parse('\t MakeStep  1\t3 \r\n%x\n;x\n!x\n # x\n\nserver a # b');
    expect(lines.map(({ directive, args }) => [directive, ...args].join(' '))).toEqual([
      'makestep 1 3',
      '',
      '',
      '',
      '',
      '',
      'server a # b',
    ]);
  });

  it('knows a line that tsync switched off, and what is behind the mark', () => {
    expect(parse('#tsync# pool a iburst\n')[0]).toMatchObject({
      directive: 'pool',
      args: ['a', 'iburst'],
      disabled: true,
    });
    expect(parse('#tsync# # a comment\n')[0]).toMatchObject({ directive: null, disabled: false });
  });

  it('takes a begin mark without its end for no block, so that foreign lines behind it stay', () => {
    const lines = parse('# BEGIN tsync\nserver a\n');
    expect(lines.some((line) => line.ours)).toBe(false);
    expect(print(editConfig(lines, { disable: new Set(), enable: new Set(), block: ['rtcsync'] }))).toContain(
      'server a',
    );
  });
});

describe('an edit', () => {
  const anyEdit = fc.record({
    disable: fc.uniqueArray(fc.nat(12)).map((list) => new Set(list)),
    block: fc.array(fc.constantFrom('rtcsync', 'server 10.0.0.1', 'makestep 1.0 -1'), { maxLength: 3 }),
  });

  it('leaves every line alone that it does not name', () => {
    fc.assert(
      fc.property(anyConfig, anyEdit, (bytes, { disable, block }) => {
        const lines = parseChronyConfig(bytes);
        const edited = parseChronyConfig(printConfig(editConfig(lines, { disable, enable: new Set(), block })));
        const untouched = lines
          .filter((line, index) => !line.ours && !disable.has(index))
          .map((line) => line.text.trimEnd())
          .filter((text) => text !== '# BEGIN tsync' && text !== '# END tsync');
        const left = edited.map((line) => line.text.trimEnd());
        for (const text of untouched) expect(left).toContain(text);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyConfig, anyEdit, (bytes, { block }) => {
        const edit = { disable: new Set<number>(), enable: new Set<number>(), block };
        const once = printConfig(editConfig(parseChronyConfig(bytes), edit));
        expect(printConfig(editConfig(parseChronyConfig(once), edit))).toEqual(once);
      }),
    );
  });

  it('makes no block of foreign lines between marks that lost their partners', () => {
    const nested = '# BEGIN tsync\nserver a\n# BEGIN tsync\nserver b\n# END tsync\nserver c\n# END tsync\n';
    const edit = { disable: new Set<number>(), enable: new Set<number>(), block: [] };
    const once = editConfig(parse(nested), edit);
    expect(print(once)).toBe('server a\nserver c\n');
    expect(editConfig(once, edit)).toBe(once);
  });

  it('switches a line off and on again to the same bytes', () => {
    const lines = parse(chronyConf('debian12'));
    const index = lines.findIndex((line) => line.directive === 'pool');
    const off = editConfig(lines, { disable: new Set([index]), enable: new Set(), block: [] });
    expect(off[index]).toMatchObject({ disabled: true, text: '#tsync# pool 2.debian.pool.ntp.org iburst\n' });
    const on = editConfig(off, { disable: new Set(), enable: new Set([index]), block: [] });
    expect(print(on)).toBe(chronyConf('debian12'));
  });

  it('begins the block on a line of its own when the last line has no end', () => {
    const edited = editConfig(parse('rtcsync'), { disable: new Set(), enable: new Set(), block: ['server a'] });
    expect(print(edited)).toBe('rtcsync\n# BEGIN tsync\nserver a\n# END tsync\n');
  });
});
