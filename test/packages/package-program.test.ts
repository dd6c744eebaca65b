import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { PackageManager } from '#facts/facts.js';
import type { PackagePlan, PackageRequest } from '#packages/package-plan.js';
import { packageProgram } from '#packages/package-program.js';
import { SHELLS } from '../shells.js';
import { FakeHost, TEXTS } from '../transaction/fake-host.js';

const META = {
  transaction: 'p1',
  run: 'r1',
  who: 'ada',
  version: '0',
  startedAt: '2026-11-22T10:00:00Z',
  guardSeconds: 1,
};
const INSTALL: PackageRequest = { action: 'install', name: 'chrony', version: null };
const UNDO: readonly PackageRequest[] = [
  { action: 'remove', name: 'chrony', version: null },
  { action: 'install', name: 'systemd-timesyncd', version: '252.39-1' },
];

/** Prints what it was called with into a log; simulations print one package that goes; `fail` makes the rest end with 100. */
const STAND_IN = `#!/bin/sh
printf '%s %s\\n' "\${0##*/}" "$*" >>"$TSYNC_TEST/calls"
case "\${0##*/} $*" in
  'apt-get -s '*) printf 'Remv systemd-timesyncd [252.39-1]\\nInst chrony (4.3-2 x [amd64])\\n' ;;
  'apt-cache madison '*) echo " $2 | 252.39-1 | file:/srv ./ Packages" ;;
  *assumeno* | *dry-run* | *'-s '*) echo simulated ;;
  *) if [ -e "$TSYNC_TEST/fail" ]; then echo 'E: no space left'; exit 100; fi ;;
esac
`;

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

function fakeHost(): FakeHost {
  const host = new FakeHost();
  hosts.push(host);
  for (const name of ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query', 'dnf', 'yum', 'tdnf', 'zypper', 'apk']) {
    writeFileSync(join(host.folder, 'bin', name), STAND_IN);
    chmodSync(join(host.folder, 'bin', name), 0o755);
  }
  return host;
}

function program(manager: PackageManager, goal: 'preview' | 'make', more: Partial<PackagePlan> = {}): Uint8Array {
  const plan: PackagePlan = {
    manager,
    when: 'before-changes',
    because: 'packages/chrony',
    reason: '',
    requests: [INSTALL],
    unfinished: [],
    preview: null,
    ...more,
  };
  return packageProgram(TEXTS, { host: 'web1', planDigest: 'd', plan, goal, hold: false, of: null }, META);
}

const calls = (host: FakeHost) => {
  const log = join(host.folder, 'calls');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
};
const work = (host: FakeHost) => {
  const folder = host.path('var/lib/tsync/packages/p1');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

describe.each(Object.entries(SHELLS))('the package program under %s', (_name, shell) => {
  it('only asks, as a preview: no lock, no mark, nothing installed, whatever comes after', () => {
    const host = fakeHost();
    const ran = host.run(shell, program('apt', 'preview'), { requests: ['make', 'bye'] });
    expect(ran.output).toContain('Remv systemd-timesyncd [252.39-1]');
    expect(ran.output).toContain('section command madison:systemd-timesyncd');
    expect(calls(host).every((call) => /^apt-(get -s|cache madison) /.test(call))).toBe(true);
    expect(existsSync(host.path('var/lib/tsync'))).toBe(false);
  });

  it('installs on the word make, keeps what goes, and leaves no mark', () => {
    const host = fakeHost();
    const ran = host.run(shell, program('apt', 'make'), { requests: ['make', 'bye'] });
    expect(ran.steps).toEqual(['packages begin', 'packages done']);
    const made = calls(host).filter((call) => !/ -s | madison /.test(call));
    expect(made).toContain('apt-get -q update');
    expect(made).toContain('apt-get -q download systemd-timesyncd=252.39-1');
    expect(made.at(-1)).toMatch(/^apt-get -y .*--force-confold.* --no-install-recommends install chrony$/);
    expect(work(host)).not.toContain('begun');
    expect(readdirSync(host.path('var/lib/tsync'))).not.toContain('lock');
  });

  it('lets the ten newest works lie, its own among them', () => {
    const host = fakeHost();
    for (let day = 10; day < 22; day++) host.write(`var/lib/tsync/packages/202611${day}-100000-aaaaaa/meta`, 'id=x\n');
    host.run(shell, program('apt', 'make'), { requests: ['make', 'bye'] });
    const left = readdirSync(host.path('var/lib/tsync/packages')).sort();
    expect([left.length, left[0], left.at(-1)]).toEqual([10, '20261113-100000-aaaaaa', 'p1']);
  });

  it('installs nothing without that word', () => {
    const host = fakeHost();
    expect(host.run(shell, program('apt', 'make'), { requests: ['bye'] }).steps).toEqual([]);
    expect(calls(host).some((call) => call.startsWith('apt-get -y'))).toBe(false);
    expect(work(host)).not.toContain('begun');
  });

  it('says what failed, and leaves its mark, so that it is never taken for done', () => {
    const host = fakeHost();
    writeFileSync(join(host.folder, 'fail'), '');
    const ran = host.run(shell, program('apt', 'make'), { requests: ['make', 'bye'] });
    expect(ran.steps).toEqual(['packages begin', 'packages failed:E: no space left']);
    expect(work(host)).toContain('begun');
  });

  it('finishes what was broken off first, and then takes every mark away', () => {
    const host = fakeHost();
    host.write('var/lib/tsync/packages/p0/begun', '');
    const ran = host.run(shell, program('apt', 'make', { unfinished: ['chrony'] }), { requests: ['make', 'bye'] });
    expect(ran.steps).toEqual(['finish status 0', 'packages begin', 'packages done']);
    expect(calls(host)[0]).toBe('dpkg --configure -a');
    expect(existsSync(host.path('var/lib/tsync/packages/p0/begun'))).toBe(false);
  });

  it.each([
    ['apt', ['apt-get -y', 'chrony- systemd-timesyncd=252.39-1']],
    ['dnf', ['dnf -y install systemd-timesyncd-252.39-1', 'dnf -y remove chrony']],
    ['yum', ['yum -y install systemd-timesyncd-252.39-1', 'yum -y remove chrony']],
    ['tdnf', ['tdnf -y install systemd-timesyncd-252.39-1', 'tdnf -y remove chrony']],
    ['zypper', ['zypper --non-interactive install --no-confirm --no-recommends systemd-timesyncd=252.39-1 -chrony']],
    ['apk', ['apk add systemd-timesyncd=252.39-1', 'apk del chrony']],
  ] as const)('takes packages back with %s', (manager, wanted) => {
    const host = fakeHost();
    const ran = host.run(shell, program(manager, 'make', { requests: UNDO }), { requests: ['make', 'bye'] });
    expect(ran.steps).toEqual(['packages begin', 'packages done']);
    const made = calls(host).join('\n');
    if (manager === 'apt') expect(made).toMatch(/apt-get -y .* install systemd-timesyncd=252\.39-1 chrony-/);
    else for (const call of wanted) expect(made).toContain(call);
  });

  it('does nothing while another transaction is open', () => {
    const host = fakeHost();
    host.write('var/lib/tsync/tx/t1/state', 'applied\n');
    const ran = host.run(shell, program('apt', 'make'), { requests: ['make', 'bye'] });
    expect(ran.steps.join()).toMatch(/^lock held:/);
    expect(calls(host)).toEqual([]);
  });
});

describe('the text of a package program', () => {
  it('is refused for names and versions that are none', () => {
    const bad = (name: string, version: string | null = null) =>
      program('apt', 'make', { requests: [{ action: 'install', name, version }] });
    for (const name of ['a b', '-y', '$(reboot)', "x'y", '']) expect(() => bad(name)).toThrow('no package');
    expect(() => bad('chrony', '1 2')).toThrow('no package');
  });
});
