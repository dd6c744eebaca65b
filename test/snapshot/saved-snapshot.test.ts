import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { compactShell, probeProgram } from '#probe/probe-program.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { snapshotDigest } from '#snapshot/snapshot-digest.js';
import { readConversation } from '../probe/run-probe.js';
import { snapshotFromJson, snapshotToJson } from './snapshot-json.js';

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
        expect(snapshotFromJson(snapshotToJson(snapshot))).toEqual(snapshot);
      }),
    );
    const real = fixture('conversation-debian12-root.txt');
    expect(snapshotFromJson(snapshotToJson(real))).toEqual(real);
  });
});

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
