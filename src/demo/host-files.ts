import { chronyPlaces, lines } from './chrony-texts.js';
import { daemonFiles, unitOf } from './daemon-files.js';
import { type Distribution, distributions } from './distributions.js';
import type { DemoHost } from './fleet.js';
import { hardwareFiles } from './hardware-files.js';
import type { Part } from './part.js';

/** What stands below a host's folder; paths relative to it. `links` point as on a real host, from /. */
export interface HostFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly links: ReadonlyMap<string, string>;
  readonly folders: readonly string[];
  /** Names of the stand-ins that this host has in its bin folder. */
  readonly commands: readonly string[];
  /** Units to start, in order. */
  readonly units: readonly string[];
}

const COMMANDS = 'systemctl systemd-run timer timedatectl dmesg journalctl udevadm modinfo logger uname id date'.split(
  ' ',
);

/** Everything of a fresh host: its distribution, its hardware, its daemons, its faults. Same host, same files. */
export function hostFiles(host: DemoHost): HostFiles {
  const distribution: Distribution = distributions[host.distribution];
  const parts = [
    base(host, distribution),
    hardwareFiles(host, distribution),
    ...host.daemons.map((daemon) => daemonFiles(daemon, host, distribution)),
  ];
  const packages = parts.flatMap((part) => part.packages ?? []);
  return {
    files: new Map([
      ...parts.flatMap((part) => Object.entries(part.files ?? {})),
      ['packages', lines(...packages)],
      ['host.conf', hostConf(host, distribution)],
    ]),
    links: new Map(parts.flatMap((part) => Object.entries(part.links ?? {}))),
    folders: parts.flatMap((part) => part.folders ?? []),
    commands: [
      ...COMMANDS,
      ...(distribution.packages === 'rpm' ? ['rpm', 'restorecon', 'getenforce'] : ['dpkg-query']),
      ...parts.flatMap((part) => part.commands ?? []),
    ],
    units: host.daemons.map((daemon) => unitOf(daemon, distribution)),
  };
}

function base(host: DemoHost, distribution: Distribution): Part {
  const prettyName = `PRETTY_NAME="\u001b[2J\u001b[1;31mDebian\u001b[0m \u202e11\u202c \u0007"`;
  const osRelease =
    host.fault === 'noisy'
      ? distribution.osRelease.map((line) => (line.startsWith('PRETTY_NAME') ? prettyName : line))
      : distribution.osRelease;
  const releaseFiles = Object.entries(distribution.releaseFiles).map(([name, text]) => [
    `root/etc/${name}`,
    lines(text),
  ]);
  return {
    files: {
      ...Object.fromEntries(releaseFiles),
      'root/etc/os-release': lines(...osRelease),
      'root/etc/hostname': lines(host.name),
      'root/proc/1/comm': 'systemd\n',
      'root/proc/cmdline': `BOOT_IMAGE=/boot/vmlinuz-${distribution.kernel} root=/dev/sda1 ro console=ttyS0\n`,
      'root/proc/sys/kernel/random/boot_id': `${bootId(host)}\n`,
      'state/last-pid': '500\n',
      'state/clock': `0 ${host.freeRunningMicroseconds} ${host.freeRunningMicroseconds}\n`,
      'state/journal': '',
      ...(distribution.packages === 'rpm' ? { 'root/sys/fs/selinux/enforce': '1\n' } : {}),
      ...(host.fault === 'noisy' ? { 'root/home/ops/.bashrc': NOISE } : {}),
    },
    folders: [
      'root/dev',
      'root/run/systemd/system',
      'root/run/chrony-dhcp',
      'root/etc/systemd/system/multi-user.target.wants',
      'root/etc/systemd/system/sysinit.target.wants',
      'root/etc/udev/rules.d',
      'root/etc/modprobe.d',
      'root/var/lib',
      'root/var/log',
      'root/tmp',
      'root/home/ops',
      'root/root',
      'state/active',
      'state/failed',
      'state/timers',
    ],
  };
}

/** What a login file printed on a host that nobody has cleaned up for years. */
const NOISE = String.raw`echo "Welcome to dmz01! Authorised use only."
printf '\033[2J\033]0;not your title\007\033[31mYou have 3 new mails.\033[0m\n'
echo "@0000 ready 1"
`;

/** What the stand-ins know of their host, as assignments of sh. */
function hostConf(host: DemoHost, distribution: Distribution): string {
  const places = chronyPlaces(distribution);
  const values = {
    hostname: host.name,
    kernel: distribution.kernel,
    machine: 'x86_64',
    systemd: distribution.systemd,
    unit_folder: distribution.unitFolder,
    chrony_version: distribution.chrony[0],
    chrony_config: places.config,
    options_variable: places.optionsVariable,
    dead_servers: host.deadServers.join(' '),
    log_needs_root: distribution.logNeedsRoot ? 'yes' : 'no',
    selinux: distribution.packages === 'rpm' ? 'Enforcing' : '',
    lis_version: '',
    sudo: host.fault === 'no-sudo' ? 'refuses' : 'allows',
  };
  return lines(...Object.entries(values).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`));
}

/** A boot id that is the same for the same host: hosts of the demo are never booted again. */
function bootId(host: DemoHost): string {
  const digits = [...host.name]
    .map((character) => (character.codePointAt(0) ?? 0).toString(16))
    .join('')
    .padEnd(32, '7b1c')
    .slice(0, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
