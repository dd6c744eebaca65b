import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import { distributions } from '#demo/distributions.js';
import { fleet } from '#demo/fleet.js';
import { loadPrograms } from '#engine/programs.js';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { SH, SHELLS } from '../shells.js';
import { type OneHost, oneHost } from './one-host.js';

const NONCE = '0123456789abcdef0123456789abcdef';
const PROGRAM = new TextDecoder().decode(loadPrograms().probe);

const hosts: OneHost[] = [];
afterAll(() => Promise.all(hosts.map((host) => host.remove())));

/** What the real probe program, run by that shell, tells of a host. */
function probe(host: OneHost, shell: readonly string[]): Facts {
  const [command = '', ...args] = shell;
  const root = join(host.folder, 'root');
  const { stdout } = spawnSync(
    command,
    [...args, '-c', PROGRAM, 'tsync', NONCE, '0', `root=${root}`, `bin=${host.folder}/bin`],
    {
      input: 't 1\ngo\n',
      env: { PATH: `${host.folder}/tools:/usr/bin:/bin`, TSYNC_DEMO_UID: '0' },
      maxBuffer: 4 * 1024 * 1024,
    },
  );
  const reader = new FrameReader({ token: NONCE, nonce: NONCE }, knownSections('probe'));
  const frames = reader.push(Buffer.concat([Buffer.from(`\n@${NONCE} ready 2\n`), stdout]));
  expect(frames.at(-1)).toEqual({ type: 'done' });
  return factsOf(collectSnapshot(frames, null));
}

/** Each of these hosts differs for the shell: two clocks, old options, text made to confuse. */
const WITH_EVERY_SHELL = ['api01', 'batch01', 'dmz01'];

describe.each(fleet.map((host) => [host.name, host] as const))('the probe program on %s', (name, told) => {
  test('sees the host that the fleet describes', async () => {
    const host = await oneHost(name);
    hosts.push(host);
    for (const shell of WITH_EVERY_SHELL.includes(name) ? Object.values(SHELLS) : [SH]) {
      const facts = probe(host, shell);
      const platform = { azure: 'hyperv', hyperv: 'hyperv', kvm: 'kvm', vmware: 'vmware', aws: 'kvm' }[told.platform];
      expect(facts.virtualization).toMatchObject({ value: platform });
      expect(facts.cloud).toMatchObject({ value: ['azure', 'aws'].includes(told.platform) ? told.platform : 'none' });
      expect(facts.init).toMatchObject({ value: 'systemd' });
      expect(facts.root).toBe(true);
      expect(facts.ptp.value?.map((clock) => clock.clockName)).toEqual(told.clocks.map((clock) => clock.clockName));
      const running = facts.daemons.filter((daemon) => daemon.active.value === true).map((daemon) => daemon.name);
      expect(running.sort()).toEqual([...told.daemons].sort());
      if (told.daemons.includes('chrony')) {
        const version = distributions[told.distribution].chrony[0];
        expect(facts.daemons.find((daemon) => daemon.name === 'chrony')?.version.value).toContain(version);
        expect(facts.chrony.tracking.value?.leap).toBe('Normal');
        expect(facts.chrony.sources.value?.filter((source) => source.state === '*')).toHaveLength(1);
      }
    }
  });
});
