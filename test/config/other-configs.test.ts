import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printConfig } from '#config/config-line.js';
import { editConfig } from '#config/edit-config.js';
import { parseNtpConfig, readNtpWords } from '#config/ntp-config.js';
import { assignedValue, assignValue, parseAssignments, printAssignments } from '#config/shell-assignments.js';
import { parseTimesyncdConfig, readTimesyncdWords } from '#config/timesyncd-config.js';
import { textToBytes } from '#snapshot/bytes.js';

/** Bytes that are likely to look like these files, and any others. */
const anyText = (...lines: readonly string[]) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.constantFrom(...lines), { maxLength: 12 }).map((some) => textToBytes(some.join('\n'))),
  );

const ntpText = anyText(
  'server a # b',
  'pool "x y" iburst',
  '#tsync# pool b',
  '# BEGIN tsync',
  '# END tsync',
  '"',
  'é\xff',
);
const iniText = anyText('[Time]', '[Other]', 'NTP=a b\\', ' NTP = c', 'NTP=', '#tsync# NTP=d', ';x', '=y', 'é\xff');
const shellText = anyText('A="x"', "A='y'", 'A=$B', 'A="x\\', 'export A=z # c', 'A=a b', '#A="1"', 'if', 'é\xff');

describe('ntp.conf and timesyncd.conf', () => {
  it('come back byte for byte, whatever the bytes, and stay so after an edit that asks for nothing', () => {
    for (const [text, parse, words] of [
      [ntpText, parseNtpConfig, readNtpWords],
      [iniText, parseTimesyncdConfig, readTimesyncdWords],
    ] as const) {
      fc.assert(
        fc.property(text, (bytes) => {
          const lines = parse(bytes);
          expect(printConfig(lines)).toEqual(bytes);
          const block = lines.filter(({ ours }) => ours).map((line) => line.text.trimEnd());
          const edit = { disable: new Set<number>(), enable: new Set<number>(), block: block.slice(1, -1) };
          if (block.length === 0) expect(editConfig(lines, edit, words)).toBe(lines);
        }),
      );
    }
  });
});

describe('ntp.conf', () => {
  const read = (text: string) => parseNtpConfig(textToBytes(text)).map(({ directive, args }) => [directive, ...args]);

  it('is read as ntpd reads it: a comment anywhere, quotes around words', () => {
    expect(read('server a iburst#b\n\t# c\nincludefile "/etc/x y"\n')).toEqual([
      ['server', 'a', 'iburst'],
      [null],
      ['includefile', '/etc/x y'],
    ]);
  });

  it('has a refclock where a server has the address of a driver, whatever the address family says', () => {
    expect(read('server 127.127.28.0 prefer\nserver -4 a true\nrefclock shm unit 0')).toEqual([
      ['refclock', '127.127.28.0', 'prefer'],
      ['server', 'a', 'trust'],
      ['refclock', 'shm', 'unit', '0'],
    ]);
  });
});

describe('timesyncd.conf', () => {
  it('counts what stands in [Time] alone, and no line that continues another', () => {
    const lines = parseTimesyncdConfig(
      textToBytes('NTP=a\n[Time]\nNTP=b \\\nNTP=c\n[X]\nNTP=d\n[Time]\n NTP = e  f\n'),
    );
    expect(lines.filter(({ directive }) => directive === 'NTP').map(({ args }) => args)).toEqual([
      ['b', '\\'],
      ['e', 'f'],
    ]);
  });
});

describe('a file of shell assignments', () => {
  it('comes back byte for byte, whatever the bytes', () => {
    fc.assert(
      fc.property(shellText, (bytes) => {
        expect(printAssignments(parseAssignments(bytes))).toEqual(bytes);
      }),
    );
  });

  it('has the value that was set, and every other line as it was', () => {
    fc.assert(
      fc.property(shellText, fc.stringMatching(/^[A-Za-z0-9 -]{0,12}$/), (bytes, value) => {
        const lines = parseAssignments(bytes);
        const edited = assignValue(lines, 'A', value);
        if (edited === null) return;
        expect(assignedValue(parseAssignments(printAssignments(edited)), 'A')).toBe(value);
        expect(edited.length).toBe(lines.length);
        expect(edited.filter((line, index) => line !== lines[index]).length).toBeLessThan(2);
      }),
    );
  });

  it('is not set where the value is no plain text, or nothing is assigned', () => {
    const set = (text: string) => assignValue(parseAssignments(textToBytes(text)), 'A', 'x');
    expect([set('A="$B"'), set('A=`b`'), set('B=1'), set('A=a b')]).toEqual([null, null, null, null]);
    expect(printAssignments(set("export A='b' # c\n") ?? [])).toEqual(textToBytes('export A="x" # c\n'));
  });
});
