import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FactsJson, factsJson } from '#facts/facts-json.js';
import { factsOf } from '#facts/facts-of.js';
import type { Section } from '#snapshot/snapshot.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { anySections, azure, changed, sectionNames, wholeSnapshots } from './any-snapshot.js';

/** Every null of the JSON that has no value beside it must say why. */
function check(json: FactsJson): void {
  const text = JSON.stringify(json);
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  for (const key of [
    'os',
    'kernel',
    'init',
    'systemdVersion',
    'virtualization',
    'cloud',
    'clocksource',
    'ptp',
    'ntpd',
    'timesyncd',
    'openntpd',
    'packages',
    'initScripts',
    'dhcpServers',
    'image',
    'vmSize',
    'clocksources',
    'selinux',
    'openTransactions',
  ]) {
    const value = (json as { readonly [key: string]: FactsJson })[key];
    expect(value).not.toBeUndefined();
    if (value === null)
      expect((json as { readonly [key: string]: FactsJson })[`${key}Reason`]).toEqual(expect.stringMatching(/./));
  }
}

describe('facts', () => {
  it('come of any bytes in any section, without an exception, printable, and null only with a reason', () => {
    fc.assert(
      fc.property(anySections, (snapshot) => check(factsJson(factsOf(snapshot)))),
      { numRuns: 400 },
    );
  });

  it('come of real snapshots with parts cut, changed, shuffled or denied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...wholeSnapshots).chain(changed), (snapshot) => check(factsJson(factsOf(snapshot)))),
      { numRuns: 400 },
    );
  });

  it('are the same for the same snapshot', () => {
    expect(factsOf(azure)).toEqual(factsOf(azure));
  });

  it('of an empty snapshot are unknown throughout, and never fine', () => {
    const facts = factsOf({ protocol: 1, sections: [], complete: false, clock: null });
    expect(facts.os).toEqual({ value: null, reason: expect.any(String) });
    for (const fact of [
      facts.kernel,
      facts.ptp,
      facts.chrony.tracking,
      facts.timesyncd,
      facts.ntpd,
      facts.hyperv.moduleLoaded,
      facts.openTransactions,
    ]) {
      expect(fact).toMatchObject({ value: null, reason: expect.stringContaining('cut off') });
    }
    expect(facts.daemons.map(({ active }) => active.value)).toEqual([null, null, null, null, null]);
    expect(facts.root).toBe(false);
  });

  it('take no long time over a hostile section of 64 KiB', () => {
    const long = [
      'a=',
      ' ',
      '0',
      '"',
      './a:server b\n',
      '^* a 2 ',
      ' *  1 10',
      'Stratum : ',
      'a(',
      '/etc/rc3.d/S58a\n',
      'NTPMessage={ A=',
      '\n',
      'IC version ',
      '[',
      'l ',
      'x -> ',
      ',',
    ].map((part) => part.repeat(65_536 / part.length));
    for (const text of long) {
      const bytes = new TextEncoder().encode(text);
      const sections = sectionNames.map(
        (name): Section => ({
          name,
          kind: name.startsWith('/') ? 'file' : 'command',
          state: 'ok',
          bytes,
          exit: 0,
          truncated: false,
          file: null,
        }),
      );
      expect(
        factsOf({ protocol: 1, sections, complete: true, clock: null }).daemons.length,
        JSON.stringify(text.slice(0, 20)),
      ).toBeGreaterThan(0);
    }
  });
});

describe('the JSON of facts', () => {
  it('has every value that is promised', () => {
    const json = factsJson(
      factsOf({ ...azure, clock: { offsetSeconds: 0.25, boundSeconds: 0.01, exchanges: 5, resolutionSeconds: 1e-9 } }),
    );
    expect(json).toMatchObject({
      schemaVersion: 1,
      os: { id: 'ubuntu', versionId: '22.04', family: 'debian' },
      kernel: { release: '5.15.0-1089-azure', machine: 'x86_64' },
      init: 'systemd',
      virtualization: 'hyperv',
      cloud: 'azure',
      hyperv: {
        hostBuild: '20348',
        timeSyncVersion: '4.0',
        lis: { kind: 'in-kernel' },
        parameters: { timesync_implicit: 'N' },
      },
      ptp: [{ device: 'ptp0' }, { device: 'ptp1', clockName: 'hyperv', symlinks: ['/dev/ptp_hyperv'] }],
      clocksource: 'hyperv_clocksource_tsc_page',
      chrony: { tracking: { name: 'PHC0' }, sources: [{ name: 'PHC0' }, { name: '10.0.0.4' }] },
      ntpd: null,
      ntpdReason: 'ntpd is not running',
      timesyncd: null,
      timesyncdReason: 'systemd-timesyncd is not running',
      clock: { synchronised: true, source: 'PHC0', offsetSeconds: 0.25, errorBoundSeconds: 0.01 },
    });
    expect(json.daemons).toContainEqual(
      expect.objectContaining({ name: 'chrony', active: true, enabled: true, version: '4.2' }),
    );
  });
});

type Json = { readonly [key: string]: FactsJson };

/** Every path that issue 3 promises, below an object that may itself be null with its reason. */
const PROMISED: readonly (readonly [string, readonly string[]])[] = [
  [
    '',
    ['os', 'kernel', 'init', 'virtualization', 'cloud', 'hyperv', 'ptp', 'clocksource', 'daemons', 'chrony', 'ntpd'],
  ],
  ['', ['timesyncd', 'clock']],
  ['os', ['id', 'versionId', 'family']],
  ['hyperv', ['hostBuild', 'timeSyncVersion', 'lis', 'parameters']],
  ['chrony', ['tracking', 'sources']],
  ['clock', ['synchronised', 'source', 'offsetSeconds', 'errorBoundSeconds']],
];

/** Asserts that the names are there, and that each null has its reason beside it. */
function promised(object: Json, names: readonly string[], where: string): void {
  for (const name of names) {
    expect(object, where).toHaveProperty(name);
    if (object[name] === null) expect(object[`${name}Reason`], `${where} ${name}`).toEqual(expect.stringMatching(/./));
  }
}

describe('the promise of facts --json', () => {
  const rows = fixtureHosts().map((host) => [host.row, host] as const);
  it.each(rows)('holds on %s', (row, { snapshot }) => {
    for (const measured of [snapshot, { ...snapshot, clock: null }]) {
      const json: Json = factsJson(factsOf(measured));
      for (const [path, names] of PROMISED) {
        const object = path === '' ? json : json[path];
        if (object !== null) promised(object as Json, names, `${row} ${path}`);
      }
      for (const daemon of json.daemons as readonly Json[]) {
        promised(daemon, ['name', 'active', 'enabled', 'version', 'configFiles'], `${row} ${daemon.name}`);
      }
      for (const clock of (json.ptp ?? []) as readonly Json[]) {
        promised(clock, ['device', 'clockName', 'symlinks'], `${row} ptp`);
      }
    }
  });

  it.each(rows)('says of %s which daemon runs and what it follows', (_, { row, snapshot }) => {
    const facts = factsOf(snapshot);
    const running = facts.daemons.filter(({ active }) => active.value === true).map(({ name }) => name);
    expect(running).toHaveLength(1);
    for (const daemon of facts.daemons) expect([daemon.active.value, daemon.enabled.value]).not.toContain(null);
    const clock = factsJson(facts).clock as Json;
    // busybox's ntpd answers nobody; the real ntpsec and OpenNTPD may not set the clock of their container
    const silent = row === 'alpine-busybox';
    const free = row === 'debian-12-ntpsec' || row === 'debian-12-openntpd';
    expect(clock.synchronised).toBe(silent ? null : !free);
    expect(clock.source === null).toBe(silent || free);
  });
});
