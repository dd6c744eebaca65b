import { chronyConfig, chronyPlaces, chronyUnit, lines } from './chrony-texts.js';
import type { Distribution } from './distributions.js';
import type { DemoDaemon, DemoHost } from './fleet.js';
import type { Part } from './part.js';

/** The files, links and commands that an installed and enabled daemon brings. */
export function daemonFiles(daemon: DemoDaemon, host: DemoHost, distribution: Distribution): Part {
  return daemons[daemon](host, distribution);
}

/** What the distribution calls the daemon's unit. */
export function unitOf(daemon: DemoDaemon, distribution: Distribution): string {
  if (daemon === 'chrony') return chronyPlaces(distribution).unit;
  return daemon === 'timesyncd' ? 'systemd-timesyncd.service' : 'ntpd.service';
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
