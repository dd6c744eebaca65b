import { chronyConfig, chronyPlaces, chronyUnit, lines } from './chrony-texts.js';
import { type Distribution, distributions } from './distributions.js';
import type { DemoDaemon, DemoHost } from './fleet.js';
import { kernelLog, machine } from './platforms.js';

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

const COMMANDS = [
  'systemctl', 'systemd-run', 'timer', 'timedatectl', 'dmesg', 'journalctl', 'udevadm', 'modprobe', 'modinfo', 'logger', 'uname', 'id', 'date',
]; // biome-ignore format: a list

/** Everything of a fresh host: its distribution, its hardware, its daemons, its faults. Same host, same files. */
export function hostFiles(host: DemoHost): HostFiles {
  const distribution: Distribution = distributions[host.distribution];
  const parts = [
    base(host, distribution),
    hardware(host, distribution),
    ...installed(host).map((daemon) => daemons[daemon](host, distribution)),
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
      ...(distribution.packages === 'rpm' ? ['rpm', 'restorecon', 'chcon', 'getenforce'] : ['dpkg-query']),
      ...parts.flatMap((part) => part.commands ?? []),
    ],
    units: host.daemons.map((daemon) => unitOf(daemon, distribution)),
  };
}

/** One part of a host. */
interface Part {
  readonly files?: { readonly [path: string]: string };
  readonly links?: { readonly [path: string]: string };
  readonly folders?: readonly string[];
  readonly commands?: readonly string[];
  readonly packages?: readonly string[];
}

/** Debian and Ubuntu bring timesyncd in a package that may be there and not run; here only what runs is installed. */
function installed(host: DemoHost): readonly DemoDaemon[] {
  return host.daemons;
}

function unitOf(daemon: DemoDaemon, distribution: Distribution): string {
  if (daemon === 'chrony') return chronyPlaces(distribution).unit;
  return daemon === 'timesyncd' ? 'systemd-timesyncd.service' : 'ntpd.service';
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
      ...(host.fault === 'noisy' ? { 'root/home/ops/.bashrc': NOISE } : {}),
    },
    folders: [
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

function hardware(host: DemoHost, distribution: Distribution): Part {
  const { dmi, clocksource, modules, onVmbus, marks } = machine(
    host.platform,
    host.clocks.length > 0 || host.platform === 'azure',
  );
  const hypervIndex = host.clocks.findIndex((clock) => clock.clockName === 'hyperv');
  return {
    files: {
      ...Object.fromEntries(Object.entries(dmi).map(([name, text]) => [`root/sys/class/dmi/id/${name}`, lines(text)])),
      ...Object.fromEntries(
        host.clocks.map((clock, index) => [`root/sys/class/ptp/ptp${index}/clock_name`, lines(clock.clockName)]),
      ),
      ...Object.fromEntries(
        host.clocks.map((clock, index) => [`root/dev/ptp${index}`, lines(String(clock.aheadMicroseconds))]),
      ),
      ...Object.fromEntries(modules.map((name) => [`root/sys/module/${name}/initstate`, 'live\n'])),
      ...(onVmbus
        ? {
            'root/sys/bus/vmbus/devices/2dd1ce17-079e-403c-b352-a1921ee207ee/class_id':
              '{9527e630-d0ae-497b-adce-e80ab0175caf}\n',
          }
        : {}),
      ...(modules.includes('hv_utils') && distribution.kernel.startsWith('6.')
        ? { 'root/sys/module/hv_utils/parameters/timesync_implicit': 'N\n' }
        : {}),
      'root/sys/devices/system/clocksource/clocksource0/current_clocksource': lines(clocksource),
      'root/proc/cpuinfo': lines(
        'processor\t: 0',
        'vendor_id\t: GenuineIntel',
        'flags\t\t: fpu vme de pse tsc msr hypervisor lahf_lm',
      ),
      [distribution.packages === 'dpkg'
        ? 'root/usr/lib/udev/rules.d/50-udev-default.rules'
        : 'root/usr/lib/udev/rules.d/50-udev-default.rules']: udevRules(distribution),
      dmesg: kernelLog(host, distribution),
    },
    links: hypervIndex >= 0 && distribution.hasPtpRule ? { 'root/dev/ptp_hyperv': `ptp${hypervIndex}` } : {},
    folders: [
      'root/sys/class/ptp',
      'root/sys/bus',
      ...(onVmbus ? ['root/sys/bus/vmbus/drivers/hv_utils'] : []),
      ...marks.map((mark) => `root${mark}`),
    ],
  };
}

function udevRules(distribution: Distribution): string {
  const tag = Number(distribution.systemd.split(' ')[0]) >= 255 ? ', TAG+="systemd"' : '';
  return lines(
    'SUBSYSTEM=="rtc", ATTR{hctosys}=="1", SYMLINK+="rtc"',
    'SUBSYSTEM=="ptp", ATTR{clock_name}=="KVM virtual PTP", SYMLINK+="ptp_kvm"',
    ...(distribution.hasPtpRule ? [`SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"${tag}`] : []),
  );
}

const daemons: { readonly [D in DemoDaemon]: (host: DemoHost, distribution: Distribution) => Part } = {
  chrony: (host, distribution) => {
    const places = chronyPlaces(distribution);
    const debian = distribution.packages === 'dpkg';
    const unitPath = `${distribution.unitFolder}/${places.unit}`;
    const hasFolders = debian && Number(distribution.chrony[0].split('.')[0]) >= 4;
    return {
      files: {
        [`root${places.config}`]: chronyConfig(host, distribution),
        [`root${places.keys}`]: '',
        [`root${places.options}`]: lines(
          debian
            ? `${places.optionsVariable}="-F ${distribution.chrony[0] < '4' ? '-1' : '1'}"`
            : `${places.optionsVariable}="${distribution.systemd.startsWith('252') ? '-F 2' : ''}"`,
        ),
        [`root${unitPath}`]: chronyUnit(distribution),
        ...(hasFolders
          ? { 'root/etc/chrony/sources.d/README': lines('# Files with the suffix .sources are read by chronyd.') }
          : {}),
      },
      links: {
        [`root/etc/systemd/system/multi-user.target.wants/${places.unit}`]: unitPath,
        ...(debian ? { 'root/etc/systemd/system/chronyd.service': unitPath } : {}),
      },
      folders: ['root/var/lib/chrony', ...(hasFolders ? ['root/etc/chrony/conf.d', 'root/etc/chrony/sources.d'] : [])],
      commands: ['chronyc', 'chronyd'],
      packages: [`chrony ${distribution.chrony.join(' ')}`],
    };
  },
  timesyncd: (_host, distribution) => ({
    files: {
      'root/etc/systemd/timesyncd.conf': lines(
        '[Time]',
        '#NTP=',
        '#FallbackNTP=ntp.ubuntu.com',
        '#RootDistanceMaxSec=5',
      ),
      [`root${distribution.unitFolder}/systemd-timesyncd.service`]: lines(
        '[Unit]',
        'Description=Network Time Synchronization',
        'Documentation=man:systemd-timesyncd.service(8)',
        'ConditionVirtualization=!container',
        'DefaultDependencies=no',
        'Conflicts=shutdown.target',
        '',
        '[Service]',
        'Type=notify',
        'ExecStart=!!/lib/systemd/systemd-timesyncd',
        '',
        '[Install]',
        'WantedBy=sysinit.target',
        'Alias=dbus-org.freedesktop.timesync1.service',
      ),
      timesync: TIMESYNC,
    },
    links: {
      'root/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service': `${distribution.unitFolder}/systemd-timesyncd.service`,
      'root/etc/systemd/system/dbus-org.freedesktop.timesync1.service': `${distribution.unitFolder}/systemd-timesyncd.service`,
    },
    packages: distribution.osRelease.some((line) => line.includes('18.04'))
      ? []
      : [`systemd-timesyncd ${distribution.systemd.split(' ')[1]}`],
  }),
  ntpd: (_host, distribution) => ({
    files: {
      'root/etc/ntp.conf': lines(
        'driftfile /var/lib/ntp/drift',
        'restrict default nomodify notrap nopeer noquery',
        'restrict 127.0.0.1',
        'server 0.centos.pool.ntp.org iburst',
        'server 1.centos.pool.ntp.org iburst',
        'keys /etc/ntp/keys',
        'disable monitor',
      ),
      'root/etc/sysconfig/ntpd': 'OPTIONS="-g"\n',
      [`root${distribution.unitFolder}/ntpd.service`]: lines(
        '[Unit]',
        'Description=Network Time Service',
        'After=syslog.target ntpdate.service sntp.service',
        '',
        '[Service]',
        'Type=forking',
        'EnvironmentFile=-/etc/sysconfig/ntpd',
        'ExecStart=/usr/sbin/ntpd -u ntp:ntp $OPTIONS',
        'PrivateTmp=true',
        '',
        '[Install]',
        'WantedBy=multi-user.target',
      ),
      'ntpq-pn': NTPQ_PEERS,
      'ntpq-rv': NTPQ_SYSTEM,
    },
    links: {
      'root/etc/systemd/system/multi-user.target.wants/ntpd.service': `${distribution.unitFolder}/ntpd.service`,
    },
    commands: ['ntpq'],
    packages: ['ntp 4.2.6p5 29.el7.centos.2'],
  }),
};

const TIMESYNC = lines(
  'FallbackNTPServers=ntp.ubuntu.com',
  'ServerName=ntp.ubuntu.com',
  'ServerAddress=203.0.113.91',
  'RootDistanceMaxUSec=5s',
  'PollIntervalMinUSec=32s',
  'PollIntervalMaxUSec=34min 8s',
  'PollIntervalUSec=34min 8s',
  'NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, Precision=-25, RootDelay=8.926ms, RootDispersion=1.770ms, Reference=91EECB0E, OriginateTimestamp=Sun 2026-11-22 05:58:12 UTC, ReceiveTimestamp=Sun 2026-11-22 05:58:12 UTC, TransmitTimestamp=Sun 2026-11-22 05:58:12 UTC, DestinationTimestamp=Sun 2026-11-22 05:58:12 UTC, Ignored=no, PacketCount=25, Jitter=279us }',
  'Frequency=-1274512',
);

const NTPQ_PEERS = lines(
  '     remote           refid      st t when poll reach   delay   offset  jitter',
  '==============================================================================',
  '*203.0.113.20    198.51.100.7     2 u   41   64  377   14.213    0.812   0.391',
  '+203.0.113.141   198.51.100.9     2 u   12   64  377   18.007   -0.377   0.512',
);

const NTPQ_SYSTEM = lines(
  'associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,',
  'version="ntpd 4.2.6p5@1.2349-o Tue Jun 23 15:38:18 UTC 2020 (1)",',
  'processor="x86_64", system="Linux/3.10.0-957.el7.x86_64", leap=00, stratum=3,',
  'precision=-24, rootdelay=15.801, rootdisp=22.614, refid=203.0.113.20,',
  'reftime=ecb2a7a1.4a3d70a4  Sun, Nov 22 2026  6:01:05.290,',
  'clock=ecb2a7ca.1eb851ec  Sun, Nov 22 2026  6:01:46.120, peer=41371, tc=6,',
  'mintc=3, offset=0.812, frequency=-11.402, sys_jitter=0.391,',
  'clk_jitter=0.287, clk_wander=0.011',
);

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
