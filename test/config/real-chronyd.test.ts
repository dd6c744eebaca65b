import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesWith } from '#config/daemon-config.js';
import { readChronyConfig } from '#config/read-chrony-config.js';
import type { Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { STRATEGIES } from '#settings/settings.js';
import { applyToFacts } from '../plan/apply-to-facts.js';
import { MADE_HOSTS, server, withSettings } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';

/** `chronyd -p` prints what it read, and opens no device: since 4.0. */
const version = spawnSync('chronyd', ['-v'], { encoding: 'utf8' }).stdout ?? '';
const hasChronyd = / version [4-9]\./.test(version);
const HOSTS = Object.keys(MADE_HOSTS).filter((name) => !name.includes('1804'));

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsync-chronyd-'));
  mkdirSync(join(root, 'run'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes the files of the host below the test's folder and lets chronyd read them; gives the directives it read. */
function readByChronyd(
  facts: Facts,
  more: { readonly [path: string]: string } = {},
): { status: number | null; lines: string[] } {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text.replaceAll(/(?<= )\/(etc|run)\//g, `${root}/$1/`), 'latin1');
  };
  for (const [path, file] of facts.files) {
    if (file.state === 'present') put(path, Buffer.from(file.bytes).toString('latin1'));
  }
  for (const [path, text] of Object.entries(more)) put(path, text);
  const main = join(root, facts.chrony.configPath ?? '');
  const { status, stdout, stderr } = spawnSync('chronyd', ['-p', '-f', main], { encoding: 'utf8' });
  return { status, lines: `${stdout}${stderr}`.replaceAll(root, '').split('\n') };
}

describe.skipIf(!hasChronyd)('the real chronyd', () => {
  it.each(HOSTS.flatMap((host) => STRATEGIES.map((strategy) => [host, strategy] as const)))(
    'reads what %s gets with %s, while /run is still empty',
    (host, strategy) => {
      const settings = withSettings({ strategy, ntpServers: [server('10.77.0.1', { maxpoll: 8 })], degrade: 'allow' });
      const before = makeFacts(MADE_HOSTS[host]!);
      const { changes } = assess({ host, facts: before, settings, snapshotDigest: 'd', today: '2026-11-22' });
      const { status, lines } = readByChronyd(applyToFacts(before, changes));
      expect(lines.filter((line) => line.includes('Fatal'))).toEqual([]);
      expect(status).toBe(0);
    },
  );

  it('reads the refclock and our makestep last, once the script has written its file', () => {
    const before = makeFacts(MADE_HOSTS['debian12-azure']!);
    const settings = withSettings({ strategy: 'ptp+ntp', ntpServers: [server('10.77.0.1')] });
    const { changes } = assess({ host: 'a', facts: before, settings, snapshotDigest: 'd', today: '2026-11-22' });
    const line = 'refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2 prefer';
    const after = applyToFacts(before, changes);
    const { lines } = readByChronyd(after, { '/run/chrony-dhcp/tsync-refclock.conf': `${line}\n` });
    expect(lines).toContain(line);
    expect(lines.filter((one) => one.startsWith('makestep'))).toEqual(['makestep 1.0 -1']);
    expect(lines.filter((one) => /^(pool|sourcedir \/run)/.test(one))).toEqual([]);
  });

  it('reads any files in the order that readChronyConfig gives', () => {
    const folder = fc.constantFrom('/etc/a', '/etc/b/', '/run/c');
    const directive = fc.oneof(
      fc.array(folder, { minLength: 1, maxLength: 3 }).map((some) => `confdir ${some.join(' ')}`),
      fc.constantFrom('include /etc/*/1*.conf', 'include /run/c/?.conf', 'include /etc/b/*', 'include /etc/none*'),
      fc.constant('port'),
    );
    const path = fc.tuple(fc.constantFrom('/etc/a', '/etc/b', '/run/c'), fc.constantFrom('1', '10', 'B', 'a', '.h'));
    const tree = fc.record({
      main: fc.array(directive, { maxLength: 6 }),
      paths: fc.uniqueArray(path, { maxLength: 8, selector: (one) => one.join('/') }),
    });
    fc.assert(
      fc.property(tree, ({ main, paths }) => {
        let port = 0;
        const text = (lines: readonly string[]) =>
          lines.map((line) => (line === 'port' ? `port ${++port}\n` : `${line}\n`)).join('');
        const files: { [path: string]: string } = { '/etc/chrony/chrony.conf': text([...main, 'port']) };
        for (const [below, name] of paths) files[`${below}/${name}.conf`] = text(['port']);
        const facts = makeFacts({ family: 'debian', versionId: '12', chrony: '4.3', systemd: 252, files });
        const named = { ...facts, chrony: { ...facts.chrony, configFiles: Object.keys(files) } };
        rmSync(root, { recursive: true });
        // a pattern of include ends chronyd where its folder is missing
        const { lines } = readByChronyd(named, { '/etc/a/.keep': '', '/etc/b/.keep': '', '/run/c/.keep': '' });
        const reading = readChronyConfig(named);
        if (!reading.known) throw new Error(reading.reason);
        const ours = linesWith(reading.config, 'port').map(({ line }) => line.text.trim());
        // a line that is read twice counts where it is read last
        const last = lines.filter((line, index) => line.startsWith('port') && lines.lastIndexOf(line) === index);
        expect(ours).toEqual(last);
      }),
      { numRuns: 40 },
    );
  });
});
