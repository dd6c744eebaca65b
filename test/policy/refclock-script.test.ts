import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cloud, Virtualization } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { DISTRIBUTIONS } from '#platforms/distributions.js';
import { type HostClock, hostClockOf } from '#platforms/host-clocks.js';
import { refclockOptions, refclockScript, snippetPlace, udevRule } from '#policy/refclock.js';
import { SHELLS } from '../shells.js';

const HOST = {
  distribution: DISTRIBUTIONS.debian,
  version: [4, 3],
  init: { kind: 'systemd', version: 252 },
  configPath: '/etc/chrony/chrony.conf',
} as unknown as ChronyHost;
/** The clock of a guest on that platform. */
function clockOf(virtualization: Virtualization, cloud: Cloud = 'none'): HostClock {
  const clock = hostClockOf({ cloud: { value: cloud }, virtualization: { value: virtualization } });
  if (clock === null) throw new Error(`no clock on ${virtualization}`);
  return clock;
}
const HYPERV = clockOf('hyperv');
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsync-refclock-'));
  mkdirSync(join(root, 'run'));
  mkdirSync(join(root, 'dev'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** The real script, with every path of the host below the test's folder, no waiting, and plain files for devices. */
function runScript(shell: readonly string[], clock = HYPERV): string {
  const text = Buffer.from(refclockScript(HOST, clock, refclockOptions(clock, 'first', [4, 3])))
    .toString('latin1')
    .replaceAll(/(?<![a-z])\/(sys|dev|run|etc)\//g, `${root}/$1/`)
    .replace('sleep 1', ':')
    .replace('[ -c ', '[ -e ');
  const script = join(root, 'refclock.sh');
  writeFileSync(script, text);
  chmodSync(script, 0o755);
  execFileSync(shell[0] ?? 'sh', [...shell.slice(1), script]);
  return text;
}

function addClock(device: string, name: string): void {
  mkdirSync(join(root, 'sys/class/ptp', device), { recursive: true });
  writeFileSync(join(root, 'sys/class/ptp', device, 'clock_name'), `${name}\n`);
  writeFileSync(join(root, 'dev', device), '');
}

const snippet = () => join(root, 'run/chrony-dhcp/tsync-refclock.conf');

describe.each(Object.entries(SHELLS))('the script that puts the refclock in, under %s', (_name, shell) => {
  it('names the clock of the Hyper-V host and no other', () => {
    addClock('ptp0', 'mlx5_p2p');
    addClock('ptp1', 'hyperv');
    runScript(shell);
    expect(readFileSync(snippet(), 'utf8')).toBe(
      `refclock PHC ${root}/dev/ptp1 poll 3 dpoll -2 offset 0 stratum 2 prefer\n`,
    );
  });

  it('prefers the stable name', () => {
    addClock('ptp0', 'hyperv');
    writeFileSync(join(root, 'dev/ptp_hyperv'), '');
    runScript(shell);
    expect(readFileSync(snippet(), 'utf8')).toContain(`PHC ${root}/dev/ptp_hyperv poll`);
  });

  it('takes the line away when the clock is gone', () => {
    mkdirSync(join(root, 'run/chrony-dhcp'));
    writeFileSync(snippet(), 'refclock PHC /dev/ptp_hyperv\n');
    addClock('ptp0', 'mlx5_p2p');
    runScript(shell);
    expect(existsSync(snippet())).toBe(false);
  });

  it.each([
    ['kvm', 'none', 'KVM virtual PTP', 'poll 2 prefer'],
    ['kvm', 'gcp', 'KVM virtual PTP', 'poll -1 prefer'],
    ['vmware', 'none', 'ptp_vmw', 'poll 2 dpoll -2 prefer'],
    ['kvm', 'aws', 'ena-ptp-05', 'poll 0 delay 0.000010 prefer'],
  ] as const)('on %s (cloud %s) names the clock %s and no other', (virtualization, cloud, name, options) => {
    addClock('ptp0', 'hyperv');
    addClock('ptp1', 'KVM virtual PTP 2');
    addClock('ptp2', name);
    runScript(shell, clockOf(virtualization, cloud));
    expect(readFileSync(snippet(), 'utf8')).toBe(`refclock PHC ${root}/dev/ptp2 ${options}\n`);
  });

  it('gives up waiting for a clock that never comes', () => {
    mkdirSync(join(root, 'sys/module/hv_utils'), { recursive: true });
    runScript(shell);
    expect(existsSync(snippet())).toBe(false);
  });
});

it('passes shellcheck', () => {
  const text = refclockScript(HOST, HYPERV, refclockOptions(HYPERV, 'only', [3, 2]));
  const { status, stdout, error } = spawnSync('shellcheck', ['-s', 'sh', '-'], { input: text, encoding: 'utf8' });
  if (error === undefined) expect(status, stdout).toBe(0);
});

describe('the options of the refclock', () => {
  it.each([
    ['only', [4, 3], 'poll 3 dpoll -2 offset 0 stratum 2'],
    ['only', [3, 2], 'poll 3 dpoll -2 offset 0'],
    ['first', [3, 3], 'poll 3 dpoll -2 offset 0 stratum 2 prefer'],
    ['beside', [4, 8], 'poll 3 dpoll -2 offset 0 stratum 2'],
    ['watched', [3, 2], 'poll 3 dpoll -2 offset 0 noselect'],
  ] as const)('%s with chrony %j are: %s', (use, version, options) => {
    expect(refclockOptions(HYPERV, use, version)).toBe(options);
  });

  it.each([
    ['debian', [4, 3], '/run/chrony-dhcp/tsync-refclock.conf', 'confdir /run/chrony-dhcp'],
    ['rhel', [4, 5], '/run/chrony-dhcp/tsync-refclock.conf', 'confdir /run/chrony-dhcp'],
    ['debian', [3, 2], '/etc/chrony/tsync-refclock.conf', 'include /etc/chrony/tsync-refclock*.conf'],
    ['suse', [3, 2], '/run/tsync-refclock.conf', 'include /run/tsync-refclock*.conf'],
    ['rhel', [3, 4], '/run/tsync-refclock.conf', 'include /run/tsync-refclock*.conf'],
  ] as const)('stand on %s with chrony %j in %s', (family, version, path, directive) => {
    expect(snippetPlace({ ...HOST, distribution: DISTRIBUTIONS[family], version })).toEqual({ path, directive });
  });
});

describe('the rule that gives the clock its name', () => {
  it.each([
    ['hyperv', 'none', 'ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv", TAG+="systemd"'],
    ['kvm', 'none', 'ATTR{clock_name}=="KVM virtual PTP", SYMLINK+="ptp_kvm", TAG+="systemd"'],
    ['vmware', 'none', 'ATTR{clock_name}=="ptp_vmw", SYMLINK+="ptp_vmw", TAG+="systemd"'],
    ['kvm', 'aws', 'ATTR{clock_name}=="ena-ptp-*", SYMLINK+="ptp_ena", TAG+="systemd"'],
  ] as const)('on %s (cloud %s) is %s', (virtualization, cloud, rule) => {
    const text = new TextDecoder().decode(udevRule(clockOf(virtualization, cloud)));
    expect(text).toBe(`# Made by tsync.\nSUBSYSTEM=="ptp", ${rule}\n`);
  });
});

it('trusts a clock before it was compared only where the cloud itself vouches for it', () => {
  expect(clockOf('hyperv', 'azure').trusted).toBe(true);
  expect(clockOf('kvm', 'gcp').trusted).toBe(true);
  expect(clockOf('kvm', 'aws').trusted).toBe(true);
  for (const platform of ['hyperv', 'kvm', 'vmware'] as const) expect(clockOf(platform).trusted).toBe(false);
  for (const platform of ['xen', 'container', 'none', 'wsl', 'other'] as const) {
    expect(hostClockOf({ cloud: { value: 'none' }, virtualization: { value: platform } })).toBeNull();
  }
});
