import type { Distribution } from './distributions.js';
import type { DemoHost } from './fleet.js';

/** Where a distribution keeps chrony's files, and what it calls the unit. */
export function chronyPlaces(distribution: Distribution) {
  return distribution.packages === 'dpkg'
    ? {
        config: '/etc/chrony/chrony.conf',
        keys: '/etc/chrony/chrony.keys',
        options: '/etc/default/chrony',
        optionsVariable: 'DAEMON_OPTS',
        unit: 'chrony.service',
      }
    : {
        config: '/etc/chrony.conf',
        keys: '/etc/chrony.keys',
        options: '/etc/sysconfig/chronyd',
        optionsVariable: 'OPTIONS',
        unit: 'chronyd.service',
      };
}

/** The chrony.conf of a host, in the words and order of its distribution. */
export function chronyConfig(host: DemoHost, distribution: Distribution): string {
  const hasFolders = Number(distribution.chrony[0].split('.')[0]) >= 4;
  return distribution.packages === 'dpkg' ? debianConfig(host, hasFolders) : rhelConfig(host, distribution, hasFolders);
}

function debianConfig(host: DemoHost, hasFolders: boolean): string {
  const [sources, makestep] = sourcesOf(
    host,
    host.distribution.startsWith('ubuntu') ? UBUNTU_POOLS : ['pool 2.debian.pool.ntp.org iburst'],
  );
  return lines(
    '# Welcome to the chrony configuration file. See chrony.conf(5) for more',
    '# information about usable directives.',
    '',
    ...(hasFolders
      ? ['# Include configuration files found in /etc/chrony/conf.d.', 'confdir /etc/chrony/conf.d', '']
      : []),
    '# Time sources.',
    ...sources,
    '',
    ...(hasFolders ? ['# Use time sources from DHCP.', 'sourcedir /run/chrony-dhcp', ''] : []),
    ...(hasFolders ? ['# Use NTP sources found in /etc/chrony/sources.d.', 'sourcedir /etc/chrony/sources.d', ''] : []),
    '# This directive specify the location of the file containing ID/key pairs for',
    '# NTP authentication.',
    'keyfile /etc/chrony/chrony.keys',
    '',
    'driftfile /var/lib/chrony/chrony.drift',
    ...(hasFolders ? ['ntsdumpdir /var/lib/chrony'] : []),
    '',
    '# Uncomment the following line to turn logging on.',
    '#log tracking measurements statistics',
    'logdir /var/log/chrony',
    '',
    '# Stop bad estimates upsetting machine clock.',
    'maxupdateskew 100.0',
    '',
    '# This directive enables kernel synchronisation (every 11 minutes) of the',
    "# real-time clock. Note that it can't be used along with the 'rtcfile' directive.",
    'rtcsync',
    '',
    '# Step the system clock instead of slewing it if the adjustment is larger than',
    '# one second, but only in the first three clock updates.',
    makestep ?? 'makestep 1 3',
    ...(hasFolders ? ['', 'leapsectz right/UTC'] : []),
  );
}

function rhelConfig(host: DemoHost, distribution: Distribution, hasFolders: boolean): string {
  const pools = distribution.systemd.startsWith('219')
    ? [0, 1, 2, 3].map((number) => `server ${number}.rhel.pool.ntp.org iburst`)
    : ['pool 2.rhel.pool.ntp.org iburst'];
  const [sources, makestep] = sourcesOf(host, pools);
  return lines(
    '# Use public servers from the pool.ntp.org project.',
    '# Please consider joining the pool (https://www.pool.ntp.org/join.html).',
    ...sources,
    '',
    ...(hasFolders && distribution.systemd.startsWith('252')
      ? ['# Use NTP servers from DHCP.', 'sourcedir /run/chrony-dhcp', '']
      : []),
    '# Record the rate at which the system clock gains/losses time.',
    'driftfile /var/lib/chrony/drift',
    '',
    '# Allow the system clock to be stepped in the first three updates',
    '# if its offset is larger than 1 second.',
    makestep ?? 'makestep 1.0 3',
    '',
    '# Enable kernel synchronization of the real-time clock (RTC).',
    'rtcsync',
    '',
    '# Enable hardware timestamping on all interfaces that support it.',
    '#hwtimestamp *',
    '',
    '# Specify file containing keys for NTP authentication.',
    'keyfile /etc/chrony.keys',
    '',
    ...(distribution.systemd.startsWith('219')
      ? []
      : ['# Get TAI-UTC offset and leap seconds from the system tz database.', 'leapsectz right/UTC', '']),
    '# Specify directory for log files.',
    'logdir /var/log/chrony',
  );
}

const UBUNTU_POOLS = [
  'pool ntp.ubuntu.com        iburst maxsources 4',
  'pool 0.ubuntu.pool.ntp.org iburst maxsources 1',
  'pool 1.ubuntu.pool.ntp.org iburst maxsources 1',
  'pool 2.ubuntu.pool.ntp.org iburst maxsources 2',
];

/** The source lines, and the makestep line when the host has its own. */
function sourcesOf(
  host: DemoHost,
  pools: readonly string[],
): [sources: readonly string[], makestep: string | undefined] {
  const own = host.sources ?? pools;
  const noise =
    host.fault === 'noisy' ? [`# \u001b[2J\u001b[31mowned\u001b[0m \u001b]0;title\u0007 caf\u00e9 \u202etxt.exe`] : [];
  return [
    [...noise, ...own.filter((line) => !line.startsWith('makestep'))],
    own.find((line) => line.startsWith('makestep')),
  ];
}

/** The unit file, as the distribution ships it, without the lines of its sandbox. */
export function chronyUnit(distribution: Distribution): string {
  return distribution.packages === 'dpkg'
    ? lines(
        '[Unit]',
        'Description=chrony, an NTP client/server',
        'Documentation=man:chronyd(8) man:chronyc(1) man:chrony.conf(5)',
        'Conflicts=openntpd.service ntp.service ntpsec.service',
        'Wants=time-sync.target',
        'Before=time-sync.target',
        'After=network.target',
        'ConditionCapability=CAP_SYS_TIME',
        '',
        '[Service]',
        'Type=forking',
        'PIDFile=/run/chrony/chronyd.pid',
        'EnvironmentFile=-/etc/default/chrony',
        'ExecStart=/usr/sbin/chronyd $DAEMON_OPTS',
        '',
        '[Install]',
        'Alias=chronyd.service',
        'WantedBy=multi-user.target',
      )
    : lines(
        '[Unit]',
        'Description=NTP client/server',
        'Documentation=man:chronyd(8) man:chrony.conf(5)',
        'After=ntpdate.service sntp.service ntpd.service',
        'Conflicts=ntpd.service systemd-timesyncd.service',
        'ConditionCapability=CAP_SYS_TIME',
        '',
        '[Service]',
        'Type=forking',
        'PIDFile=/run/chrony/chronyd.pid',
        'EnvironmentFile=-/etc/sysconfig/chronyd',
        'ExecStart=/usr/sbin/chronyd $OPTIONS',
        '',
        '[Install]',
        'WantedBy=multi-user.target',
      );
}

/** Text that ends its last line. */
export function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
