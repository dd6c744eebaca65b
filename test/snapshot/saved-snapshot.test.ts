import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { collectSnapshot } from '#snapshot/collect-snapshot.js';
import { compactShell, probeProgram } from '#snapshot/probe-program.js';
import { parseSnapshot, serialiseSnapshot } from '#snapshot/serialise-snapshot.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { snapshotDigest } from '#snapshot/snapshot-digest.js';
import { readConversation } from './run-probe.js';

const fixture = (name: string) => readConversation(readFileSync(new URL(`../fixtures/probe/${name}`, import.meta.url)));

const anySection: fc.Arbitrary<Section> = fc.record({
  name: fc.string(),
  kind: fc.constantFrom('file', 'command', 'values'),
  state: fc.constantFrom('ok', 'absent', 'denied', 'timeout', 'refused'),
  bytes: fc.uint8Array({ maxLength: 200 }),
  exit: fc.option(fc.nat(255)),
  truncated: fc.boolean(),
  file: fc.option(
    fc.record({
      mode: fc.string(),
      owner: fc.string(),
      group: fc.string(),
      size: fc.nat(),
      target: fc.option(fc.string()),
      writers: fc.constantFrom('root', 'others', null),
    }),
  ),
});
const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  protocol: fc.nat(9),
  complete: fc.boolean(),
  sections: fc.array(anySection, { maxLength: 5 }),
  clock: fc.option(
    fc.record({
      offsetSeconds: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      boundSeconds: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
      exchanges: fc.nat(40),
      resolutionSeconds: fc.constantFrom(1, 1e-6, 1e-9),
    }),
  ),
});

const replace = (snapshot: Snapshot, name: string, from: RegExp, to: string): Snapshot => ({
  ...snapshot,
  sections: snapshot.sections.map((section) =>
    section.name === name
      ? { ...section, bytes: new TextEncoder().encode(new TextDecoder().decode(section.bytes).replace(from, to)) }
      : section,
  ),
});

describe('a saved snapshot', () => {
  it('comes back as it was, byte for byte', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        expect(parseSnapshot(serialiseSnapshot(snapshot), 'saved.json')).toEqual(snapshot);
      }),
    );
    const real = fixture('conversation-debian12-root.txt');
    expect(parseSnapshot(serialiseSnapshot(real), 'saved.json')).toEqual(real);
  });

  it('is refused with exit code 65 and its name when anything in it is of another type', () => {
    const json = JSON.parse(serialiseSnapshot(fixture('conversation-debian12-root.txt')));
    const wrong: unknown[] = [
      null,
      [],
      { ...json, schemaVersion: 2 },
      { ...json, protocol: -1 },
      { ...json, complete: 'yes' },
      { ...json, sections: {} },
      { ...json, clock: {} },
      { ...json, sections: [null] },
      { ...json, sections: [{ ...json.sections[0], bytes: { base64: '!' } }] },
      { ...json, sections: [{ ...json.sections[0], kind: 'other' }] },
      { ...json, sections: [{ ...json.sections[0], exit: '0' }] },
      { ...json, sections: [{ ...json.sections[0], file: { mode: 1 } }] },
    ];
    for (const value of ['{', ...wrong.map((entry) => JSON.stringify(entry))]) {
      expect.soft(() => parseSnapshot(value, 'saved.json'), value.slice(0, 60)).toThrow(TsyncError);
      expect(problemOf(value)).toMatchObject({ exitCode: 65, problem: { code: 'snapshot/invalid' } });
      expect(problemOf(value).problem.detail).toContain('saved.json');
    }
  });
});

function problemOf(text: string): TsyncError {
  try {
    parseSnapshot(text, 'saved.json');
  } catch (error) {
    if (error instanceof TsyncError) return error;
  }
  throw new Error('it was taken');
}

describe('the digest of a snapshot', () => {
  const real = fixture('conversation-debian12-root.txt');

  it('is the same where only clocks, process numbers and logs went on', () => {
    const later = replace(
      replace(
        replace(replace(real, 'system', /uptime=.*/, 'uptime=9.9 9.9'), 'tracking', /0\.0/g, '0.1'),
        'services',
        /MainPID=\d+/g,
        'MainPID=7',
      ),
      'dmesg',
      /^/,
      '[ 1.0] hv_utils: TimeSync IC version 4.0\n',
    );
    expect(snapshotDigest(later)).toBe(snapshotDigest(real));
    expect(
      snapshotDigest({ ...real, clock: { offsetSeconds: 1, boundSeconds: 1, exchanges: 1, resolutionSeconds: 1 } }),
    ).toBe(snapshotDigest(real));
  });

  it('is another where a file, a service or the completeness differs', () => {
    const digests = [
      real,
      replace(real, '/etc/chrony/chrony.conf', /makestep/, '#makestep'),
      replace(real, 'services', /ActiveState=active/, 'ActiveState=failed'),
      { ...real, complete: false },
      { ...real, sections: real.sections.slice(1) },
    ].map(snapshotDigest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('collecting frames', () => {
  it('keeps the order of the sections and says when the end never came', () => {
    const section: Section = fixture('conversation-debian12-root.txt').sections[0] as Section;
    const frames = [
      { type: 'ready', protocol: 1 },
      { type: 'section', section },
      { type: 'idle' },
      { type: 'section', section: { ...section, name: 'second' } },
    ] as const;
    expect(collectSnapshot(frames, null)).toEqual({
      protocol: 1,
      sections: [section, { ...section, name: 'second' }],
      complete: false,
      clock: null,
    });
    expect(collectSnapshot([...frames, { type: 'done' }], null).complete).toBe(true);
  });
});

describe('the text of the probe program', () => {
  it('leaves comments and indentation out, and nothing else', () => {
    expect(compactShell('# a\n  # b\n\nf() {\n  echo "x # y"  \n\tz\n}\n')).toBe('f() {\necho "x # y"  \nz\n}\n');
  });

  it('ends with the one call', () => {
    const program = new TextDecoder().decode(probeProgram({ conversation: 'a() { :; }', probe: 'b() { :; }' }));
    expect(program).toBe('a() { :; }\nb() { :; }\ntsync_probe "$@"\n');
  });
});
