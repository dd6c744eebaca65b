import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DaemonName } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { parseTimespan } from '#facts/timesyncd.js';
import { readConversation } from '../probe/run-probe.js';
import { command, factsWith, file, values, without } from './sections.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

describe('chronyc tracking', () => {
  const of = (text: string, exit = 0) => factsWith(command('tracking', text, exit)).chrony.tracking;

  it('is read column by column: positive offset is slow, positive frequency is fast', () => {
    expect(
      of(
        '0A4E010C,10.78.1.12,9,1795343478.664755212,0.000001310,-0.000000740,0.000003109,-0.128,0.021,2.074,0.000021054,0.000002743,1.0,Normal\n',
      ).value,
    ).toEqual({
      referenceId: '0A4E010C',
      name: '10.78.1.12',
      stratum: 9,
      referenceTimeSeconds: 1795343478.664755,
      systemOffsetSeconds: 0.00000131,
      lastOffsetSeconds: -0.00000074,
      rmsOffsetSeconds: 0.000003109,
      frequencyPpm: -0.128,
      skewPpm: 2.074,
      rootDelaySeconds: 0.000021054,
      rootDispersionSeconds: 0.000002743,
      updateIntervalSeconds: 1,
      leap: 'Normal',
    });
  });

  it('of an unsynchronised chronyd is kept as it is, zeros and all, with its leap', () => {
    const line =
      '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n';
    expect(of(line).value).toMatchObject({
      referenceId: '00000000',
      stratum: 0,
      systemOffsetSeconds: 0,
      leap: 'Not synchronised',
    });
  });

  it('takes columns that a later version adds, and a leap it does not know', () => {
    const line = '50484330,PHC0,3,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,Strange,17,new\n';
    expect(of(line).value).toMatchObject({ name: 'PHC0', leap: 'unknown' });
  });

  it.each([
    ['506 Cannot talk to daemon\n', 1, '506 Cannot talk to daemon'],
    ['chronyc: invalid option -- c\n', 1, 'invalid option'],
    ['', 124, 'did not end in time'],
    ['50484330,PHC0,3,1.0\n', 0, 'not known'],
    ['50484330,PHC0,three,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,Normal\n', 0, 'not known'],
  ])('that says %j (%i) is unknown with the reason', (text, exit, reason) => {
    expect(of(text, exit)).toMatchObject({ value: null, reason: expect.stringContaining(reason) });
  });

  it('is unknown where chronyd does not run', () => {
    expect(factsWith().chrony.tracking).toEqual({ value: null, reason: 'chronyd is not running' });
  });
});

describe('chronyc sources', () => {
  const of = (text: string) => factsWith(command('sources', text)).chrony.sources;

  it('have their reach in octal, and no age before the first sample', () => {
    const text =
      '#,*,PHC0,2,3,377,7,0.000000625,0.000001365,0.000010562\n^,?,10.78.1.99,0,-6,0,4294967295,0.0,0.0,4000000000.0\n=,x,peer,3,6,17,5,-0.5,0.1,0.2,more\n';
    expect(of(text).value).toEqual([
      {
        mode: 'refclock',
        state: '*',
        name: 'PHC0',
        stratum: 2,
        poll: 3,
        reach: 255,
        lastSampleAgeSeconds: 7,
        offsetSeconds: 6.25e-7,
        errorSeconds: 0.000010562,
      },
      {
        mode: 'server',
        state: '?',
        name: '10.78.1.99',
        stratum: 0,
        poll: -6,
        reach: 0,
        lastSampleAgeSeconds: null,
        offsetSeconds: 0,
        errorSeconds: 4e9,
      },
      {
        mode: 'peer',
        state: 'x',
        name: 'peer',
        stratum: 3,
        poll: 6,
        reach: 15,
        lastSampleAgeSeconds: 5,
        offsetSeconds: -0.5,
        errorSeconds: 0.2,
      },
    ]);
  });

  it('may be none, which is not unknown', () => {
    expect(of('')).toEqual({ value: [] });
  });

  it('are all unknown when one line is not understood', () => {
    expect(of('^,*,a,1,6,377,1,0.0,0.0,0.0\n^,*,b,1,6,999,1,0.0,0.0,0.0\n').value).toBeNull();
    expect(of('210 Number of sources = 1\n').value).toBeNull();
  });
});

describe('timesyncd', () => {
  const show = (ignored: string) =>
    'ServerName=ntp.example.com\nServerAddress=10.0.0.1\nPollIntervalUSec=34min 8s\n' +
    `NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, Precision=-25, RootDelay=8.926ms, Reference=91EECB0E, ${ignored} PacketCount=25, Jitter=279.841ms }\n`;

  it.each(['Ignored=no', 'Ignored=no,'])('is synchronised by a message that was taken (%s)', (ignored) => {
    const status = '       Server: 10.0.0.1 (ntp.example.com)\n       Offset: -1.5ms\n        Delay: 5ms\n';
    expect(factsWith(command('timesync', show(ignored)), command('timesync-status', status)).timesyncd.value).toEqual({
      serverName: 'ntp.example.com',
      serverAddress: '10.0.0.1',
      stratum: 2,
      offsetSeconds: -0.0015,
      synchronised: true,
    });
  });

  it('is not synchronised before its first message, or in alarm', () => {
    expect(factsWith(command('timesync', 'ServerName=a\nPollIntervalUSec=32s\n')).timesyncd.value).toMatchObject({
      synchronised: false,
      stratum: null,
    });
    expect(
      factsWith(command('timesync', show('Ignored=no').replace('Leap=0', 'Leap=3'))).timesyncd.value?.synchronised,
    ).toBe(false);
    expect(factsWith(command('timesync', show('Ignored=yes'))).timesyncd.value?.synchronised).toBe(false);
  });

  it('is unknown where it does not run, and where the verb is not known', () => {
    expect(factsWith().timesyncd).toEqual({ value: null, reason: 'systemd-timesyncd is not running' });
    expect(factsWith(command('timesync', 'Unknown operation show-timesync\n', 1)).timesyncd.value).toBeNull();
  });

  it.each([
    ['34min 8s', 2048],
    ['396us', 0.000396],
    ['-1.234ms', -0.001234],
    ['+1h 2.5s', 3602.5],
    ['0', 0],
    ['n/a', null],
    ['12', null],
  ])('has a time span of %s', (text, seconds) => {
    const parsed = parseTimespan(text);
    if (seconds === null) expect(parsed).toBeNull();
    else expect(parsed).toBeCloseTo(seconds, 9);
  });
});

describe('ntpd', () => {
  const rv =
    'associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,\nversion="ntpd 4.2.6p5@1.2349-o, built (1)", processor="x86_64",\n' +
    'system="Linux/3.10.0", leap=00, stratum=3, precision=-24, rootdelay=1.2,\nrefid=10.0.0.1, offset=-1.5, frequency=0.1\n';
  const peers =
    '     remote           refid      st t when poll reach   delay   offset  jitter\n==============\n' +
    '*10.0.0.1        .GPS.            1 u   33   64  377    0.123   -1.500   0.020\n' +
    ' 2.pool.ntp.org  .POOL.          16 p    -   64    0    0.000    0.000   0.000\n' +
    ' 10.0.0.9        .INIT.          16 u    -   64    0    0.000    0.000   0.000\n' +
    'o127.127.20.0    .PPS.            0 l   5m   16   17    0.000    0.001   0.002\n';

  it('gives offsets in seconds, reach from octal, and no placeholder of a pool', () => {
    expect(factsWith(command('ntpq-system', rv), command('ntpq-peers', peers)).ntpd.value).toEqual({
      leap: '00',
      stratum: 3,
      offsetSeconds: -0.0015,
      referenceId: '10.0.0.1',
      rootDelaySeconds: 0.0012,
      rootDispersionSeconds: null,
      frequencyPpm: 0.1,
      jitterSeconds: null,
      peers: [
        expect.objectContaining({ tally: '*', remote: '10.0.0.1', reach: 255, offsetSeconds: -0.0015 }),
        expect.objectContaining({ tally: '', remote: '10.0.0.9', reach: 0, offsetSeconds: 0 }),
        {
          tally: 'o',
          remote: '127.127.20.0',
          referenceId: '.PPS.',
          stratum: 0,
          lastSampleAgeSeconds: 300,
          pollSeconds: 16,
          reach: 15,
          delaySeconds: 0,
          offsetSeconds: 0.000001,
          jitterSeconds: 0.000002,
        },
      ],
    });
  });

  it('is unknown where it does not answer', () => {
    expect(factsWith(command('ntpq-system', 'ntpq: read: Connection refused\n', 0)).ntpd).toMatchObject({
      value: null,
      reason: expect.stringContaining('refused'),
    });
  });
});

describe('which daemon a host has', () => {
  const unit = (id: string, active: string, state: string, pid = 0, names = id) =>
    `MainPID=${pid}\nId=${id}\nNames=${names}\nLoadState=loaded\nActiveState=${active}\nUnitFileState=${state}\n\n`;
  const missing = (id: string) =>
    `MainPID=0\nId=${id}\nNames=${id}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n\n`;
  const daemon = (facts: ReturnType<typeof factsWith>, name: DaemonName) => {
    const found = facts.daemons.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };

  it('is read from services, processes and packages', () => {
    const facts = factsWith(
      values('system', 'systemd=yes\ninit=systemd\n'),
      command('services', unit('chronyd.service', 'active', 'enabled', 7) + missing('ntpd.service')),
      values('processes', 'looked\nprocess 7 chronyd\nprocess 8 chronyd\n'),
      values('cmdline:7', '/usr/sbin/chronyd\0-F\x002\0'),
      command('packages:rpm', 'chrony 4.5-3.el9\npackage ntp is not installed\n', 1),
      command('chronyd-version', 'chronyd (chrony) version 4.5 (+CMDMON)\n'),
    );
    expect(daemon(facts, 'chrony')).toEqual({
      name: 'chrony',
      installed: { value: true },
      unit: 'chronyd.service',
      active: { value: true },
      enabled: { value: true },
      version: { value: '4.5' },
      pid: 7,
      commandLine: ['/usr/sbin/chronyd', '-F', '2'],
      configFiles: [],
      verified: true,
      untrusted: [],
      unread: [],
    });
    expect(daemon(facts, 'ntpd')).toMatchObject({
      installed: { value: false },
      unit: null,
      active: { value: false },
      enabled: { value: false },
    });
  });

  it('has what the probe did not follow of its configuration, but for key files', () => {
    const facts = factsWith(
      values(
        'chrony-config',
        'file /etc/chrony.conf\nskipped  keyfile /a b\nskipped include /a b\nlimit /etc/c/9.conf\n',
      ),
      values('ntp-config', 'skipped -c\n'),
    );
    expect(daemon(facts, 'chrony')?.unread).toEqual(['include /a b', '/etc/c/9.conf']);
    expect([daemon(facts, 'ntpd')?.unread, daemon(facts, 'ntpsec')?.unread]).toEqual([['-c'], []]);
  });

  it('is ntpsec, not ntpd, where ntp.service is an alias', () => {
    const facts = factsWith(
      values('system', 'systemd=yes\n'),
      command('services', unit('ntpsec.service', 'active', 'enabled', 5, 'ntpsec.service ntp.service')),
      values('processes', 'looked\nprocess 5 ntpd\n'),
    );
    expect(daemon(facts, 'ntpsec')).toMatchObject({ active: { value: true }, pid: 5, unit: 'ntpsec.service' });
    expect(daemon(facts, 'ntpd')).toMatchObject({ active: { value: false }, pid: null, unit: null });
  });

  it('is enabled by links and scripts of another init', () => {
    const facts = factsWith(
      values('system', 'init=init\nupstart=yes\n'),
      values('processes', 'looked\nprocess 900 ntpd\n'),
      values('init-scripts', '/etc/init.d/ntpd\n/etc/rc.d/rc3.d/S58ntpd\n/etc/init.d/chronyd\n'),
      command('packages:rpm', 'ntp 4.2.6p5-15.el6.centos\npackage chrony is not installed\n', 1),
    );
    expect(daemon(facts, 'ntpd')).toMatchObject({
      active: { value: true },
      enabled: { value: true },
      version: { value: '4.2.6p5-15.el6.centos' },
    });
    expect(daemon(facts, 'chrony')).toMatchObject({
      active: { value: false },
      enabled: { value: false },
      installed: { value: false },
    });
  });

  it('counts a removed package whose configuration is left as not installed', () => {
    const facts = factsWith(command('packages:dpkg', 'systemd-timesyncd 252.39 rc \nchrony 4.3-2 ii \n'));
    expect(daemon(facts, 'timesyncd').installed).toEqual({ value: false });
    expect(daemon(facts, 'chrony')).toMatchObject({ installed: { value: true }, version: { value: '4.3-2' } });
  });

  it('is unknown where neither services nor processes could be read', () => {
    const facts = factsWith(
      command('services', 'Failed to connect to bus: Permission denied\n', 1),
      without('processes', 'denied', 'values'),
    );
    for (const { active, installed, enabled } of facts.daemons) {
      expect([active.value, installed.value, enabled.value]).toEqual([null, null, null]);
    }
  });
});

describe('a service', () => {
  const masked = (line: string) =>
    factsWith(
      command('services', 'Id=ntp.service\nNames=ntp.service\nLoadState=loaded\nActiveState=inactive\n'),
      values('links:/run/systemd/system', `${line}\n`),
    ).services.get('ntp.service');

  it('is masked by a link to /dev/null and by an empty file, also below /run', () => {
    expect(masked('lrwxrwxrwx 1 root root 9 Nov 22 09:48 ntp.service -> /dev/null')).toMatchObject({
      masked: true,
      links: [],
    });
    expect(masked('-rw-r--r-- 1 root domain users 0 Nov 22 09:48 ntp.service')).toMatchObject({
      masked: true,
      links: [],
    });
    expect(masked('lrwxrwxrwx 1 root root 9 Nov 22 09:48 other.service -> /dev/null')).toMatchObject({
      masked: false,
      links: [],
    });
  });

  it('has the links of all its names, sorted', () => {
    const facts = factsWith(
      command(
        'services',
        'Id=chrony.service\nNames=chronyd.service chrony.service\nLoadState=loaded\nFragmentPath=/lib/systemd/system/chrony.service\n',
      ),
      values(
        'links:/etc/systemd/system',
        'lrwxrwxrwx 1 a b 1 Nov 22 2025 multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service\nlrwxrwxrwx 1 a b 1 Nov 22 2025 chronyd.service -> /lib/systemd/system/chrony.service\nlrwxrwxrwx 1 a b 1 Nov 22 2025 sshd.service -> /lib/systemd/system/ssh.service\n',
      ),
      file(
        '/lib/systemd/system/chrony.service',
        '[Service]\nAlias=no.service\n[Install]\nAlias=old.service\nAlias=\nAlias=chronyd.service\nWantedBy=multi-user.target \\\n graphical.target\n[X]\nRequiredBy=no\n',
      ),
    );
    expect(facts.services.get('chronyd.service')).toMatchObject({
      unit: 'chrony.service',
      links: [
        '/etc/systemd/system/chronyd.service -> /lib/systemd/system/chrony.service',
        '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service',
      ],
      install: { wantedBy: ['multi-user.target', 'graphical.target'], requiredBy: [], alias: ['chronyd.service'] },
    });
  });
});

describe('files', () => {
  it('keep their bytes, and four digits of mode', () => {
    const bytes = Uint8Array.from([0xe9, 0x00, 0x0d, 0x0a]);
    expect(factsWith(file('/etc/a', bytes)).files.get('/etc/a')).toEqual({
      state: 'present',
      bytes,
      mode: '0644',
      owner: 'root',
      group: 'root',
      truncated: false,
      resolvedTo: null,
      writers: 'root',
    });
  });

  it('that are not there, denied or refused are told apart', () => {
    const { files } = factsWith(without('/a', 'absent'), without('/b', 'denied'), without('/c', 'refused'));
    expect([...files.values()].map(({ state }) => state)).toEqual(['absent', 'unreadable', 'refused']);
  });

  it('whose size is not what was read are unreadable, not short', () => {
    const cut = { ...file('/etc/a', 'abc'), bytes: new TextEncoder().encode('ab') };
    expect(factsWith(cut).files.get('/etc/a')).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('changed'),
    });
  });
});

const UNTOLD = { who: 'unknown', run: 'unknown', startedAt: 'unknown' };

describe('open transactions', () => {
  it('are listed with who began them', () => {
    const text =
      'transaction t1\nstate=armed\nguard=83\nid=t1\nrun=r1\nwho=anna\nstarted=2026-11-22\n\n' +
      'transaction t2\nstate=unreadable\nguard=none\n\ntransaction t3\nstate=failed\nguard=-1 x\n';
    expect(factsWith(values('transactions', text)).openTransactions.value).toEqual([
      {
        id: 't1',
        state: 'armed',
        who: 'anna',
        run: 'r1',
        startedAt: '2026-11-22',
        guard: { state: 'armed', leftSeconds: 83 },
      },
      { id: 't2', state: 'unreadable', ...UNTOLD, guard: { state: 'none', leftSeconds: null } },
      { id: 't3', state: 'failed', ...UNTOLD, guard: { state: 'unknown', leftSeconds: null } },
    ]);
  });

  it('are unknown to an ordinary user', () => {
    expect(factsWith(without('transactions', 'denied', 'values')).openTransactions).toMatchObject({
      value: null,
      reason: expect.stringContaining('root'),
    });
  });
});

describe('a real Debian 12 host', () => {
  const facts = factsOf(readConversation(Buffer.from(fixture('probe/conversation-debian12-root.txt'))));

  it('is known from what its probe printed', () => {
    expect(facts.os.value).toEqual({
      id: 'debian',
      versionId: '12',
      family: 'debian',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
    });
    expect(facts.virtualization.value).toBe('container');
    expect(facts.systemdVersion.value).toBe(252);
    expect(facts.chrony).toMatchObject({
      configPath: '/etc/chrony/chrony.conf',
      configFiles: ['/etc/chrony/chrony.conf', '/etc/chrony/sources.d/lab.sources'],
      tracking: { value: { name: '10.78.1.12', stratum: 9, leap: 'Normal' } },
    });
    expect(facts.chrony.sources.value?.map(({ name, state, reach }) => [name, state, reach])).toEqual([
      ['10.78.1.12', '*', 255],
      ['10.78.1.99', '?', 0],
    ]);
    const chrony = facts.daemons.find(({ name }) => name === 'chrony');
    expect(chrony).toMatchObject({
      unit: 'chrony.service',
      active: { value: true },
      enabled: { value: true },
      version: { value: '4.3' },
      commandLine: ['/usr/sbin/chronyd', '-F', '1', '-x'],
    });
    expect(facts.services.get('ssh.service')).toMatchObject({ activeState: 'active' });
    expect(facts.files.get('/etc/hostname')).toMatchObject({ state: 'present' });
    expect(facts.files.get('/etc/shadow')).toMatchObject({ state: 'refused' });
    expect(facts.files.get('/etc/with blank')).toEqual({ state: 'absent' });
    expect(facts.openTransactions).toEqual({ value: [] });
  });

  it('is known as well to an ordinary user', () => {
    const user = factsOf(readConversation(Buffer.from(fixture('probe/conversation-debian12-user.txt'))));
    expect(user.root).toBe(false);
    expect(user.chrony.tracking.value).not.toBeNull();
    expect(user.services.get('chrony.service')?.links).toEqual(facts.services.get('chrony.service')?.links);
  });
});

describe('a real Debian 12 host with timesyncd', () => {
  const facts = factsOf(readConversation(Buffer.from(fixture('probe/conversation-debian12-timesyncd.txt'))));

  it('has what timedatectl said, and no reading of a chronyd that does not run', () => {
    expect(facts.timesyncd.value).toMatchObject({
      serverName: '10.78.1.12',
      serverAddress: '10.78.1.12',
      stratum: 8,
      synchronised: true,
    });
    expect(Math.abs(facts.timesyncd.value?.offsetSeconds ?? 1)).toBeLessThan(0.001);
    expect(facts.chrony.tracking).toEqual({ value: null, reason: 'chronyd is not running' });
    expect(facts.daemons.map(({ name, active }) => [name, active.value])).toEqual([
      ['chrony', false],
      ['timesyncd', true],
      ['ntpd', false],
      ['ntpsec', false],
      ['openntpd', false],
    ]);
    expect(facts.daemons.find(({ name }) => name === 'timesyncd')?.configFiles).toEqual([
      '/etc/systemd/timesyncd.conf',
      '/etc/systemd/timesyncd.conf.d/lab.conf',
    ]);
  });
});
