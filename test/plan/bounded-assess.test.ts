import { describe, expect, it } from 'vitest';
import { CONFIG_BOUNDS } from '#config/config-bounds.js';
import { FACT_BOUNDS } from '#facts/bounds.js';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { snapshotDigest } from '#snapshot/snapshot-digest.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { server, withSettings } from './made-hosts.js';

const KIB64 = 65_536;
const hosts = fixtureHosts().filter(({ row }) =>
  ['debian-12', 'debian-12-ntpsec', 'debian-12-timesyncd', 'debian-12-sysvinit', 'debian-12-openntpd'].includes(row),
);

function filled(text: string, bytes = KIB64): Uint8Array {
  return new TextEncoder().encode(text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes));
}

function withBytes(section: Section, bytes: Uint8Array): Section {
  const file = section.file === null ? null : { ...section.file, size: bytes.length };
  return { ...section, bytes, state: 'ok', exit: section.kind === 'command' ? 0 : null, file };
}

function file(name: string, bytes: Uint8Array): Section {
  const attributes = {
    mode: '644',
    owner: 'root',
    group: 'root',
    size: bytes.length,
    target: null,
    writers: 'root' as const,
  };
  return { name, kind: 'file', state: 'ok', bytes, exit: null, truncated: false, file: attributes };
}

function values(name: string, bytes: Uint8Array): Section {
  return { name, kind: 'values', state: 'ok', bytes, exit: null, truncated: false, file: null };
}

function planOf(snapshot: Snapshot) {
  const settings = withSettings({ strategy: 'ntp-only', ntpServers: [server('10.77.0.1')], degrade: 'allow' });
  return assess({ host: 'h', settings, snapshotDigest: 'd', today: '2026-11-22', facts: factsOf(snapshot) });
}

/** Processor time of all that is computed on one host, in milliseconds. */
function costMs(snapshot: Snapshot): number {
  const before = process.cpuUsage();
  const plan = planOf(snapshot);
  snapshotDigest(snapshot);
  for (const change of plan.changes) unifiedDiff(change);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The first measurement warms up; the least of several is what it costs without the rest of the machine. */
function leastMs(snapshot: Snapshot): number {
  return Math.min(costMs(snapshot), costMs(snapshot), costMs(snapshot));
}

function debian(): Snapshot {
  const found = hosts.find(({ row }) => row === 'debian-12');
  if (found === undefined) throw new Error('no fixture debian-12');
  return found.snapshot;
}

/** With more files of chrony's configuration. */
function withConfig(files: readonly Section[]): Snapshot {
  const { sections, ...rest } = debian();
  const named = files.map(({ name }) => `file ${name}\n`).join('');
  const walked = sections.map((one) =>
    one.name === 'chrony-config'
      ? withBytes(one, new TextEncoder().encode(new TextDecoder().decode(one.bytes) + named))
      : one,
  );
  return { ...rest, sections: [...walked, ...files] };
}

const confs = (count: number, text: string, bytes: number) =>
  Array.from({ length: count }, (_, at) => file(`/etc/chrony/conf.d/x${at}.conf`, filled(text, bytes)));

/** Why nothing is changed on a host, as its finding says. */
function refusal(snapshot: Snapshot): string {
  const { findings, changes } = planOf(snapshot);
  expect(changes).toEqual([]);
  const found = findings.find(({ rule, status }) => rule === 'chrony/readable' && status === 'unknown');
  return found?.status === 'unknown' ? found.problem.detail : '';
}

describe('a configuration is not known as a whole', () => {
  it('where it has more files than are read', () => {
    expect(refusal(withConfig(confs(CONFIG_BOUNDS.files, '# a\n', 40)))).toContain('more than 100 files');
  });

  it('where its files have more lines together than are read', () => {
    expect(refusal(withConfig(confs(2, '\n', 1 + CONFIG_BOUNDS.lines / 2)))).toContain('more than 5000 lines');
  });

  it('where its files have more bytes together than are read', () => {
    expect(refusal(withConfig(confs(3, 'a', 50_000)))).toContain('more than 128 KiB');
  });
});

it('a large honest configuration is known', () => {
  const { findings } = planOf(withConfig(confs(40, '# a comment as people write it\n', 2000)));
  expect(findings.filter(({ rule }) => rule === 'chrony/readable').map(({ status }) => status)).toEqual(['in-sync']);
});

describe('of a host that sends too much', () => {
  it('the files beyond the bound were not read, and what is not there is not known', () => {
    const many = Array.from({ length: FACT_BOUNDS.files }, (_, at) =>
      file(`/etc/udev/rules.d/${at}.rules`, filled('a', 9)),
    );
    const { sections, ...rest } = debian();
    const facts = factsOf({ ...rest, sections: [...many, ...sections.filter(({ name }) => name !== 'tracking')] });
    expect(facts.files.size).toBe(FACT_BOUNDS.files);
    expect(facts.chrony.tracking).toMatchObject({ reason: expect.stringContaining('cut off') });
  });

  it('a section with too many lines counts as cut', () => {
    const { sections, ...rest } = debian();
    const long = sections.map((one) => (one.name === 'transactions' ? withBytes(one, filled('\n')) : one));
    expect(factsOf({ ...rest, sections: long }).openTransactions).toMatchObject({
      reason: expect.stringContaining('more than is read'),
    });
  });
});

const PATHOLOGIES = [
  ...[
    '\n',
    ' ',
    '\t',
    'a',
    '1',
    '-',
    ',',
    '([{<',
    '"',
    '\\\n',
    '\0',
    '\r\n',
    'a ',
    'A=B\n',
    'server a\n',
    '#tsync# server a\n',
  ],
  ...[
    '# BEGIN tsync\n',
    'Id=chrony.service\n\n',
    'process 1 chronyd\n',
    '/etc/init.d/a\n',
    '#\n',
    'Offset: ',
    'makestep 1 3\n',
  ],
];

describe('whatever a host sends', () => {
  const usual = Math.max(...hosts.map(({ snapshot }) => leastMs(snapshot)));
  /** Generous: an honest host takes a few milliseconds, and one pathology of H4 took minutes. */
  const mostMs = Math.max(150, 20 * usual);

  it.each(hosts.map(({ row, snapshot }) => [row, snapshot] as const))(
    'costs no more than a moment: every section of %s at once',
    (_row, snapshot) => {
      for (const text of PATHOLOGIES) {
        const named = /os-release|^uid$|^systemd$|chronyd-version|^packages|^system$/;
        const sections = snapshot.sections.map((one) => (named.test(one.name) ? one : withBytes(one, filled(text))));
        expect(leastMs({ ...snapshot, sections }), JSON.stringify(text)).toBeLessThan(mostMs);
      }
    },
  );

  it.each(PATHOLOGIES)('costs no more than a moment: a configuration of 60 files of %j', (text) => {
    expect(leastMs(withConfig(confs(60, text, KIB64)))).toBeLessThan(mostMs);
    expect(leastMs(withConfig(confs(1, text, KIB64)))).toBeLessThan(mostMs);
    expect(leastMs(withConfig(confs(10, text, 8000)))).toBeLessThan(mostMs);
  });

  it('costs no more than a moment: thousands of units, and of links to each', () => {
    const { sections, ...rest } = debian();
    const link = 'lrwxrwxrwx 1 root root 16 Nov 22 2026 chrony.service -> /lib/a\n';
    const unit = 'Id=chrony.service\nNames=chrony.service\nFragmentPath=/etc/chrony/chrony.conf\n\n';
    const units = sections.map((one) => (one.name === 'services' ? withBytes(one, filled(unit)) : one));
    const links = Array.from({ length: 20 }, (_, at) => values(`links:/${at}`, filled(link)));
    expect(leastMs({ ...rest, sections: [...units, ...links] })).toBeLessThan(mostMs);
  });
});
