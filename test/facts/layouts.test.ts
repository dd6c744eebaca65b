import { describe, expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { command, factsWith, file, snapshotWith, values } from './sections.js';

const facts = (row: string) => {
  const host = fixtureHosts().find((candidate) => candidate.row === row);
  if (!host) throw new Error(`no row ${row}`);
  return factsOf(host.snapshot);
};

describe('chronyc without CSV', () => {
  // real: chronyc 3.2 (Ubuntu 18.04) asking chronyd 4.3
  const tracking = `Reference ID    : 7F000001 (127.0.0.1)
Stratum         : 9
Ref time (UTC)  : Sun Nov 22 11:36:09 2026
System time     : 0.000001314 seconds fast of NTP time
Last offset     : -0.000000073 seconds
RMS offset      : 0.000000387 seconds
Frequency       : 0.051 ppm fast
Residual freq   : -0.001 ppm
Skew            : 0.075 ppm
Root delay      : 0.000004783 seconds
Root dispersion : 0.000001836 seconds
Update interval : 1.0 seconds
Leap status     : Normal
`;
  const sources = `210 Number of sources = 2
MS Name/IP address         Stratum Poll Reach LastRx Last sample               
===============================================================================
^* 127.0.0.1                     8   0   377     0   +251ns[ +178ns] +/- 2914ns
^? 192.0.2.1                     0   7     0     -     +0ns[   +0ns] +/-    0ns
`;
  const read = (text: string) => factsWith(command('tracking-text', text)).chrony.tracking;

  it('gives the same tracking, with the signs of the CSV', () => {
    expect(read(tracking).value).toEqual({
      referenceId: '7F000001',
      name: '127.0.0.1',
      stratum: 9,
      referenceTimeSeconds: 1795347369,
      systemOffsetSeconds: -0.000001314,
      lastOffsetSeconds: -7.3e-8,
      rmsOffsetSeconds: 3.87e-7,
      frequencyPpm: 0.051,
      skewPpm: 0.075,
      rootDelaySeconds: 0.000004783,
      rootDispersionSeconds: 0.000001836,
      updateIntervalSeconds: 1,
      leap: 'Normal',
    });
  });

  it('writes the reference of 2.x as an address, a refclock too', () => {
    const old = (reference: string) => read(tracking.replace('7F000001 (127.0.0.1)', reference)).value;
    expect(old('80.72.67.48 (PHC0)')).toMatchObject({ referenceId: '50484330', name: 'PHC0' });
    expect(old('127.127.1.1 ()')).toMatchObject({ referenceId: '7F7F0101', name: '' });
    expect(old('80.72.67.480 (PHC0)')).toBeNull();
  });

  it('is unknown when a line is missing or says neither slow nor fast', () => {
    expect(read(tracking.replace('fast of', 'off'))).toMatchObject({ value: null, reason: expect.stringMatching(/./) });
    for (const line of ['Reference ID', 'Stratum', 'Ref time', 'Skew', 'Root delay', 'Root dispersion'])
      expect(read(tracking.replace(new RegExp(`^${line}.*\\n`, 'm'), '')).value).toBeNull();
    expect(read(tracking.replace('Normal', 'Odd')).value?.leap).toBe('unknown');
  });

  it('gives the same sources, in seconds', () => {
    expect(factsWith(command('sources-text', sources)).chrony.sources.value).toEqual([
      {
        mode: 'server',
        state: '*',
        name: '127.0.0.1',
        stratum: 8,
        poll: 0,
        reach: 255,
        lastSampleAgeSeconds: 0,
        offsetSeconds: expect.closeTo(2.51e-7, 12),
        errorSeconds: expect.closeTo(2.914e-6, 12),
      },
      expect.objectContaining({ state: '?', reach: 0, lastSampleAgeSeconds: null }),
    ]);
  });

  it.each([
    ['#- PHC0  0  3  377  5m  -1.5ms[-1.6ms] +/- 2s', { mode: 'refclock', lastSampleAgeSeconds: 300 }],
    ['=x 10.0.0.9  2  -6  17  3h  -923us[ -924us] +/-   43ms', { mode: 'peer', poll: -6, lastSampleAgeSeconds: 10800 }],
  ])('reads the row %j', (row, expected) => {
    expect(factsWith(command('sources-text', row)).chrony.sources.value).toEqual([expect.objectContaining(expected)]);
  });

  it('has no sources at all, or sources that are unknown when one row is not understood', () => {
    expect(factsWith(command('sources-text', '210 Number of sources = 0\n')).chrony.sources).toEqual({ value: [] });
    expect(factsWith(command('sources-text', `${sources}strange\n`)).chrony.sources.value).toBeNull();
  });
});

describe('the tables of chronyc', () => {
  // real: chronyd 4.3 with a plain server and one that has NTS
  const nts = [
    command('tracking', ''),
    command('selectdata', 'M,127.0.0.1,Y,-,P,-,-,-,-,P,T,R,-,0,1.0,0.000000000,0.000000000,Not synchronised\n'),
    command('authdata', '192.0.2.1,-,0,0,0,4294967295,0,0,0,0\n127.0.0.1,NTS,0,0,0,4294967295,1,0,0,0\n'),
    command('sourcestats', '127.0.0.1,16,10,13,-0.001,0.070,-0.000000001,0.000000299\n'),
  ];

  it('tell which options count, and that an NTS source has no cookies yet', () => {
    const { chrony } = factsWith(...nts);
    expect(chrony.selection.value).toEqual([
      expect.objectContaining({
        state: 'M',
        authenticated: true,
        configured: ['prefer'],
        effective: ['prefer', 'trust', 'require'],
        leap: 'Not synchronised',
      }),
    ]);
    expect(chrony.authentication.value).toEqual([
      expect.objectContaining({ mode: 'none', lastAgeSeconds: null }),
      { name: '127.0.0.1', mode: 'nts', lastAgeSeconds: null, attempts: 1, naks: 0, cookies: 0 },
    ]);
    expect(chrony.statistics.value).toEqual([
      expect.objectContaining({ samples: 16, runs: 10, spanSeconds: 13, deviationSeconds: 2.99e-7 }),
    ]);
  });

  it('are unknown with the reason for who may not ask, and where chronyc is too old', () => {
    expect(factsWith(command('selectdata', '501 Not authorised\n', 1)).chrony.selection).toMatchObject({
      value: null,
      reason: expect.stringContaining('501 Not authorised'),
    });
    expect(factsWith(command('tracking', '')).chrony.selection).toMatchObject({
      reason: 'this version of chronyc gives no selectdata',
    });
    expect(factsWith(command('tracking', '506 Cannot talk to daemon\n', 1)).chrony.selection).toMatchObject({
      reason: 'chronyd did not answer',
    });
  });
});

describe('timesyncd before show-timesync', () => {
  const read = (status: string) =>
    factsWith(
      command('timesync', 'Unknown operation show-timesync\n', 1),
      command('timesync-unit', `StatusText=${status}\n`),
    ).timesyncd;

  it.each([
    'Synchronized to time server 91.189.89.198:123 (ntp.ubuntu.com).',
    'Using Time Server 91.189.89.198:123 (ntp.ubuntu.com).',
    'Initial synchronization to time server 91.189.89.198:123 (ntp.ubuntu.com).',
    'Synchronized to time server for the first time 91.189.89.198:123 (ntp.ubuntu.com).',
  ])('is told by the status text %j', (status) => {
    expect(read(status).value).toEqual({
      serverName: 'ntp.ubuntu.com',
      serverAddress: '91.189.89.198',
      stratum: null,
      offsetSeconds: null,
      synchronised: true,
    });
  });

  it('is not synchronised while it connects or idles, and unknown without a text', () => {
    expect(read('Connecting to time server 10.0.0.1:123 (10.0.0.1).').value?.synchronised).toBe(false);
    expect(read('Idle.').value).toMatchObject({ serverName: null, synchronised: false });
    expect(read('')).toMatchObject({ value: null, reason: 'systemd-timesyncd has no status text' });
  });
});

describe('ntpq of ntpd 4.2.2 and of ntpsec', () => {
  it('differ in their names, and mean the same', () => {
    expect(facts('centos-5').ntpd.value).toMatchObject({
      leap: '00',
      stratum: 2,
      rootDispersionSeconds: expect.closeTo(0.011021, 9),
      jitterSeconds: 0.00025,
    });
    expect(facts('debian-13-ntpsec').ntpd.value).toMatchObject({
      rootDispersionSeconds: expect.closeTo(0.011021, 9),
      jitterSeconds: 0.00025,
    });
  });

  it('print exponents and rows for pools', () => {
    const { ntpd } = facts('debian-12-ntpsec');
    expect(ntpd.value).toMatchObject({ leap: '11', stratum: 16, referenceId: 'INIT', offsetSeconds: 0 });
    expect(ntpd.value?.peers.map(({ tally, remote, reach }) => [tally, remote, reach])).toEqual([
      ['+', '10.79.0.1', 31],
      ['', '10.79.0.99', 0],
      ['', '10.79.0.98', 0],
    ]);
    expect(
      factsWith(command('ntpq-system', 'leap=00, stratum=3, offset=-6e-05\n')).ntpd.value?.offsetSeconds,
    ).toBeCloseTo(-6e-8, 12);
  });
});

describe('OpenNTPD', () => {
  const read = (text: string, exit = 0) => factsWith(command('openntpd', text, exit)).openntpd;

  it('says what it follows, and how far it is off while it is not synchronised', () => {
    expect(facts('debian-12-openntpd').openntpd.value).toEqual({
      synchronised: false,
      stratum: null,
      offsetSeconds: null,
      peers: [
        { remote: '10.79.0.1', selected: false, stratum: 8, offsetSeconds: 0.000008 },
        { remote: '10.79.0.99', selected: false, stratum: null, offsetSeconds: null },
      ],
    });
    expect(facts('debian-12-openntpd-kvm').openntpd.value?.peers.map(({ selected }) => selected)).toEqual([
      false,
      true,
    ]);
    expect(read('4/4 peers valid, clock unsynced, clock offset is 1048.342ms\n').value).toMatchObject({
      synchronised: false,
      offsetSeconds: 1.048342,
    });
    expect(read('1/1 peers valid, constraint offset 3s, clock synced, stratum 2\n').value).toMatchObject({
      stratum: 2,
    });
  });

  it('is unknown where it does not answer', () => {
    expect(read('ntpctl: connect: /var/run/openntpd.sock: Permission denied\n', 1)).toMatchObject({
      value: null,
      reason: expect.stringContaining('Permission denied'),
    });
    expect(factsWith().openntpd).toEqual({ value: null, reason: 'OpenNTPD is not running' });
  });

  it('is the ntpd of a host that has its package, and not another', () => {
    const running = facts('debian-12-openntpd').daemons.filter((daemon) => daemon.active.value);
    expect(running.map(({ name, unit }) => [name, unit])).toEqual([['openntpd', 'openntpd.service']]);
  });
});

describe('services without systemd', () => {
  const scripts = (init: string, text: string) =>
    factsWith(values('system', init), values('init-scripts', text)).initScripts.value;

  it('start by the links of runlevels 2 to 5, and not by those of 0, 1 and 6', () => {
    const text =
      '/etc/init.d/ntpd\n/etc/rc.d/rc3.d/S58ntpd\n/etc/rc.d/rc0.d/K74ntpd\n/etc/init.d/chronyd\n/etc/rc.d/rc1.d/K61chronyd\n';
    expect(scripts('init=init\n', text)).toEqual([
      {
        name: 'ntpd',
        script: '/etc/init.d/ntpd',
        job: null,
        startLinks: ['/etc/rc.d/rc3.d/S58ntpd'],
        stopLinks: ['/etc/rc.d/rc0.d/K74ntpd'],
        startsAtBoot: true,
        started: null,
      },
      expect.objectContaining({ name: 'chronyd', startsAtBoot: false }),
    ]);
  });

  it('start by a job of upstart unless it was made manual', () => {
    const [job] = scripts('init=init\nupstart=yes\n', '/etc/init/ntp.conf\n') ?? [];
    expect(job).toMatchObject({ name: 'ntp', job: '/etc/init/ntp.conf', startsAtBoot: true });
    const [manual] = scripts('init=init\nupstart=yes\n', '/etc/init/ntp.conf\nmanual ntp\n') ?? [];
    expect(manual).toMatchObject({ startsAtBoot: false });
  });

  it('of OpenRC are started by its own mark', () => {
    const text = '/etc/init.d/chronyd\n/etc/runlevels/default/chronyd\n/run/openrc/started/chronyd\n/etc/init.d/ntpd\n';
    expect(scripts('openrc=yes\n', text)).toEqual([
      expect.objectContaining({ name: 'chronyd', startsAtBoot: true, started: true }),
      expect.objectContaining({ name: 'ntpd', startsAtBoot: false, started: false }),
    ]);
  });

  const services = (script: string, links: string, running: string, packages = '') =>
    factsWith(
      values('system', 'init=init\n'),
      values('init-scripts', script),
      values('links:scripts', links),
      values('processes', `looked\n${running}`),
      command('packages:dpkg', packages),
    ).services;

  it('are known by their script, with all their links and where each leads to', () => {
    const links =
      'lrwxrwxrwx 1 root root 16 Nov 22 13:11 etc/rc2.d/S01chrony -> ../init.d/chrony\n' +
      'lrwxrwxrwx 1 root root 16 Nov 22  2025 etc/rc0.d/K01chrony -> ../init.d/chrony\n';
    const text = '/etc/init.d/chrony\n/etc/rc2.d/S01chrony\n/etc/rc0.d/K01chrony\n';
    expect(services(text, links, 'process 570 chronyd\n').get('chrony')).toMatchObject({
      unit: 'chrony',
      activeState: 'active',
      fragmentPath: '/etc/init.d/chrony',
      links: ['/etc/rc0.d/K01chrony -> ../init.d/chrony', '/etc/rc2.d/S01chrony -> ../init.d/chrony'],
    });
  });

  it('run when their daemon does, which of several ntpd only the packages tell', () => {
    const states = (packages: string) => {
      const found = services('/etc/init.d/ntp\n/etc/init.d/ntpsec\n', '', 'process 600 ntpd\n', packages);
      return ['ntp', 'ntpsec'].map((name) => found.get(name)?.activeState);
    };
    expect(states('ntp 4.2.8 ii \n')).toEqual(['active', 'inactive']);
    expect(states('ntpsec 1.2.2 ii \n')).toEqual(['inactive', 'active']);
  });

  it('run when their script said so, where it was asked', () => {
    const found = services('/etc/init.d/cron\n/etc/init.d/x\nstatus cron 0\nstatus x 3\n', '', '');
    expect([found.get('cron')?.activeState, found.get('x')?.activeState]).toEqual(['active', 'inactive']);
  });

  it('are not known where a link is none, or processes are hidden', () => {
    const odd = services('/etc/init.d/ntp\n', '-rwxr-xr-x 1 root root 16 Nov 22 13:11 etc/rc2.d/S01ntp\n', '');
    expect(odd.get('ntp')?.activeState).toBe('unknown');
    const hidden = factsWith(values('system', 'init=init\n'), values('init-scripts', '/etc/init.d/ntp\n'));
    expect(hidden.services.get('ntp')?.activeState).toBe('unknown');
    expect(hidden.daemons.find(({ name }) => name === 'ntpd')?.active.value).toBeNull();
  });

  it('are not installed by a script alone: it stays when a package is removed', () => {
    const facts = factsWith(
      values('system', 'init=init\n'),
      values('init-scripts', '/etc/init.d/ntp\n'),
      values('processes', 'looked\n'),
      command('packages:dpkg', 'chrony 4.3-2 ii \n'),
    );
    expect(facts.daemons.find(({ name }) => name === 'ntpd')).toMatchObject({
      unit: 'ntp',
      installed: { value: false },
    });
  });

  it('start by the links of their script also where systemd made a unit of it', () => {
    const chrony = (text: string) =>
      factsWith(
        values('system', 'systemd=yes\ninit=systemd\n'),
        command(
          'services',
          'Id=chrony.service\nNames=chrony.service\nLoadState=loaded\nActiveState=active\nUnitFileState=bad\nFragmentPath=/run/systemd/generator.late/chrony.service\n',
        ),
        values('init-scripts', text),
      ).daemons.find(({ name }) => name === 'chrony')?.enabled;
    expect(chrony('/etc/init.d/chrony\n/etc/rc3.d/S01chrony\n')).toEqual({ value: true });
    expect(chrony('/etc/init.d/chrony\n/etc/rc3.d/K01chrony\n')).toEqual({ value: false });
    expect(facts('ubuntu-16.04-chrony').daemons.find(({ name }) => name === 'chrony')?.enabled).toEqual({
      value: true,
    });
  });

  it('are seen by the probe on EL6, SLES 11 and Alpine, where links are links of links', () => {
    for (const row of ['centos-5', 'centos-6', 'oracle-6', 'sles-11', 'ubuntu-14.04', 'alpine', 'alpine-busybox']) {
      const { daemons } = facts(row);
      const running = daemons.filter((daemon) => daemon.active.value);
      expect(
        running.map((daemon) => daemon.enabled.value),
        row,
      ).toEqual([true]);
    }
  });
});

describe('what DHCP left', () => {
  it('is read from every shape of file', () => {
    const text =
      'looked\n./run/chrony-dhcp/eth0.sources:server 10.0.0.1 iburst\n./run/systemd/netif/leases/2:NTP=10.0.0.2 10.0.0.3\n' +
      './var/lib/dhclient/eth0.leases:  option ntp-servers 10.0.0.4,10.0.0.5;\n./var/lib/dhclient/eth0.leases:  option ntp-servers 10.0.0.4;\n' +
      './var/lib/dhclient/chrony.servers.eth0:10.0.0.6 iburst\nodd\n./x:server $(reboot)\n';
    expect(factsWith(values('dhcp-servers', text)).dhcpServers.value).toEqual([
      { path: '/run/chrony-dhcp/eth0.sources', servers: ['10.0.0.1'] },
      { path: '/run/systemd/netif/leases/2', servers: ['10.0.0.2', '10.0.0.3'] },
      { path: '/var/lib/dhclient/eth0.leases', servers: ['10.0.0.4', '10.0.0.5'] },
      { path: '/var/lib/dhclient/chrony.servers.eth0', servers: ['10.0.0.6'] },
      { path: '/x', servers: [] },
    ]);
    expect(factsWith(values('dhcp-servers', '')).dhcpServers.value).toBeNull();
  });
});

describe('the machine', () => {
  it('is Oracle Linux where redhat-release says Red Hat', () => {
    const red = file('/etc/redhat-release', 'Red Hat Enterprise Linux Server release 6.10 (Santiago)\n');
    expect(factsWith(red, file('/etc/oracle-release', 'Oracle Linux Server release 6.10\n')).os.value).toMatchObject({
      id: 'ol',
      versionId: '6.10',
      family: 'rhel',
    });
    expect(
      factsWith(
        red,
        file('/etc/enterprise-release', 'Enterprise Linux Enterprise Linux Server release 5.11 (Carthage)\n'),
      ).os.value,
    ).toMatchObject({ id: 'ol', versionId: '5.11' });
    expect(factsWith(file('/etc/redhat-release', 'Scientific Linux release 6.10 (Carbon)\n')).os.value).toMatchObject({
      id: 'scientific',
      family: 'rhel',
    });
  });

  it('is AWS by the identifier of Xen, and nothing is said of a machine without firmware tables and hypervisor flag', () => {
    expect(factsWith(values('system', 'ec2=yes\nhypervisor=xen\n')).cloud.value).toBe('aws');
    expect(factsWith(values('system', 'virtual=no\n')).virtualization.value).toBeNull();
  });

  it('may be an image that is replaced as a whole', () => {
    const images = ['fedora-coreos', 'rhcos-4', 'flatcar', 'rhel-9.6'].map((row) => facts(row).image.value);
    expect(images).toEqual(['ostree', 'ostree', 'flatcar', 'none']);
    expect(factsOf(snapshotWith()).image.value).toBeNull();
  });

  it('tells its size on Azure without asking anyone', () => {
    expect(facts('rhel-9.6').vmSize).toEqual({ value: 'Standard_D4s_v5' });
    expect(facts('oracle-9').vmSize.value).toBeNull();
  });
});
