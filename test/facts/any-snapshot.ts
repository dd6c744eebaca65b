import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { azureHost } from '../probe/azure-host.js';
import { makeFakeRoot } from '../probe/fake-root.js';
import { readConversation, runProbe } from '../probe/run-probe.js';

const real = readConversation(
  readFileSync(new URL('../fixtures/probe/conversation-debian12-root.txt', import.meta.url)),
);
/** A made host in Azure, as the probe program itself reads it. */
export const azure = (() => {
  const host = makeFakeRoot(azureHost);
  try {
    return runProbe(['sh'], host.parameters).snapshot;
  } finally {
    host.remove();
  }
})();
const hosts = fixtureHosts().map(({ snapshot }) => snapshot);
/** Snapshots that nothing was done to. */
export const wholeSnapshots: readonly Snapshot[] = [real, azure, ...hosts];

/** Of every section that a snapshot may have. */
export const sectionNames = [
  ...new Set([real, azure, ...hosts].flatMap(({ sections }) => sections).map(({ name }) => name)),
  'timesync',
  'timesync-status',
  'ntpq-peers',
  'ntpq-system',
  'packages:rpm',
  'packages:apk',
  'modinfo',
  'journalctl',
  'log:/var/log/messages',
  'init-scripts',
  'links:scripts',
];

/** What the words of these outputs look like, thrown together: gets further into a parser than random bytes. */
const wordy = fc
  .array(
    fc.constantFrom(
      '\n',
      ' ',
      ',',
      '=',
      '"',
      "'",
      '-',
      '.',
      ':',
      '*',
      '^',
      '[Install]',
      'Id=',
      'looked',
      'vmbus',
      'clock ptp0 ',
      'transaction ',
      'NTPMessage={ Leap=',
      'ID=',
      'constructor',
      '__proto__',
      'process 1 ',
      '\x1b[2J',
      '4294967295',
      '1e999',
      'Host Build ',
      'hv_utils: TimeSync IC version 4.0',
      'Hyper-V:',
      'Reference ID    : 7F7F0101 ()\n',
      'System time     : 1 seconds slow of NTP time\n',
      '^* a 2 6 377 40 -100us[ +200us] +/- 12ms\n',
      'StatusText=Synchronized to time server ',
      '4/4 peers valid, clock synced',
      '/etc/rc3.d/S58',
      '/run/openrc/started/',
      './run/chrony-dhcp/a.sources:server ',
      'job hwclock .',
    ),
    { maxLength: 40 },
  )
  .map((parts) => new TextEncoder().encode(parts.join('')));
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), wordy);

const mutation: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  anyBytes.map((bytes) => () => bytes),
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((part) => (bytes: Uint8Array) => bytes.slice(0, Math.floor(part * bytes.length))),
  fc
    .nat()
    .map(
      (seed) => (bytes: Uint8Array) =>
        bytes.map((byte, at) => ((at * 31 + seed) % 97 === 0 ? (byte + seed) & 255 : byte)),
    ),
  fc.nat().map((seed) => (bytes: Uint8Array) => {
    const lines = new TextDecoder().decode(bytes).split('\n');
    return new TextEncoder().encode(
      lines.sort((a, b) => ((a.length * 7919 + seed) % 13) - ((b.length * 7919 + seed) % 13)).join('\n'),
    );
  }),
);

/** A snapshot with some of its sections cut, changed, shuffled or denied. */
export const changed = (snapshot: Snapshot): fc.Arbitrary<Snapshot> =>
  fc
    .array(
      fc.record({
        at: fc.nat(snapshot.sections.length - 1),
        mutate: mutation,
        state: fc.constantFrom('ok', 'ok', 'ok', 'absent', 'denied', 'timeout', 'refused') as fc.Arbitrary<
          Section['state']
        >,
        exit: fc.constantFrom(0, 0, 1, 124, null),
        truncated: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    .map((changes) => {
      const sections = [...snapshot.sections];
      for (const { at, mutate, ...rest } of changes) {
        const section = sections[at];
        if (section) sections[at] = { ...section, ...rest, bytes: mutate(section.bytes) };
      }
      return { ...snapshot, sections };
    });

/** Sections of any name with any contents. */
export const anySections: fc.Arbitrary<Snapshot> = fc
  .array(
    fc.record({
      name: fc.constantFrom(...sectionNames),
      kind: fc.constantFrom('file', 'command', 'values') as fc.Arbitrary<Section['kind']>,
      state: fc.constantFrom('ok', 'ok', 'ok', 'absent', 'denied', 'timeout', 'refused') as fc.Arbitrary<
        Section['state']
      >,
      bytes: anyBytes,
      exit: fc.constantFrom(0, 0, 1, null),
      truncated: fc.boolean(),
      file: fc.constantFrom(
        null,
        { mode: '644', owner: 'root', group: 'root', size: 3, target: null, writers: 'root' },
        { mode: 'x', owner: '', group: '', size: -1, target: '/x', writers: null },
      ),
    }),
    { maxLength: 20 },
  )
  .map((sections) => ({ protocol: 1, complete: false, sections, clock: null }));
