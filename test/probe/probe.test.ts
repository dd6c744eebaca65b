import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { madeRows } from '../fixtures/hosts.js';
import { makeHost } from '../fixtures/made/make-host.js';
import { SH, SHELLS } from '../shells.js';
import { azureHost } from './azure-host.js';
import { type FakeRoot, makeFakeRoot } from './fake-root.js';
import { MARK, NONCE, program, runProbe } from './run-probe.js';

const decoder = new TextDecoder();
const text = (snapshot: Snapshot, name: string) => decoder.decode(section(snapshot, name).bytes);

function section(snapshot: Snapshot, name: string): Section {
  const found = snapshot.sections.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no section ${name}`);
  return found;
}

describe('the probe program', () => {
  let host: FakeRoot;
  const asked = ['path=/etc/asked for.txt', 'path=/etc/dangling.conf', 'path=/etc/shadow', 'unit=ssh.service'];
  beforeAll(() => {
    host = makeFakeRoot({
      ...azureHost,
      files: { ...azureHost.files, '/etc/asked for.txt': 'yes\n', '/etc/shadow': 'root:SECRETSECRET\n' },
    });
  });
  afterAll(() => host.remove());

  it.each(Object.entries(SHELLS))('reads module parameters that are asked for under %s', (_, shell) => {
    const names = ['hv_utils.timesync_implicit', 'hv_utils.nothing', 'loop.max_part', '../x', 'a b.c'];
    const { snapshot } = runProbe(shell, [...host.parameters, ...names.map((name) => `parameter=${name}`)]);
    expect([...factsOf(snapshot).moduleParameters]).toEqual([
      ['hv_utils.timesync_implicit', { state: 'present', value: 'N' }],
      ['hv_utils.nothing', { state: 'no-parameter' }],
      ['loop.max_part', { state: 'no-module' }],
    ]);
  });

  it.each(Object.entries(SHELLS))('prints the same snapshot under %s', (_, shell) => {
    const reference = runProbe(SH, [...host.parameters, ...asked]).snapshot;
    const { snapshot, stderr } = runProbe(shell, [...host.parameters, ...asked]);
    expect(snapshot.complete).toBe(true);
    expect(stderr.replace(/.*ignored null byte.*\n/g, '')).toBe('');
    expect(snapshot.sections).toEqual(reference.sections);
  });

  const inits = [
    'centos-5',
    'ubuntu-14.04',
    'sles-11',
    'alpine',
    'ubuntu-16.04',
    'debian-13-ntpsec',
    'debian-12-openntpd-kvm',
  ];
  it.each(madeRows.filter(({ row }) => inits.includes(row)).map((row) => [row.row, row] as const))(
    'prints the same of %s under every shell',
    (_, row) => {
      const old = makeFakeRoot(makeHost(row.packages, row.parts));
      try {
        const reference = runProbe(SH, old.parameters).snapshot;
        for (const shell of Object.values(SHELLS)) {
          const { snapshot, stderr } = runProbe(shell, old.parameters);
          expect(snapshot.sections, shell.join(' ')).toEqual(reference.sections);
          expect(stderr.replace(/.*ignored null byte.*\n/g, ''), shell.join(' ')).toBe('');
        }
      } finally {
        old.remove();
      }
    },
  );

  it('never prints the password that ntp.conf includes, and asks chrony 4.2 for CSV', () => {
    const row = madeRows.find((candidate) => candidate.row === 'centos-6');
    if (!row) throw new Error('no such row');
    const old = makeFakeRoot(makeHost(row.packages, row.parts));
    try {
      const { snapshot, stdout } = runProbe(SH, old.parameters);
      expect(decoder.decode(stdout)).not.toContain('crypto pw SECRET');
      expect(section(snapshot, '/etc/ntp/crypto/pw').state).toBe('refused');
      expect(text(snapshot, 'ntp-config')).toContain('file /etc/ntp/crypto/pw');
    } finally {
      old.remove();
    }
    const names = runProbe(SH, host.parameters).snapshot.sections.map(({ name }) => name);
    expect(names).toContain('tracking');
    expect(names).not.toContain('tracking-text');
  });

  it('keeps of the configuration that chronyd checks only what it says of it, from 4.0 on', () => {
    const chronyd = (version: string) =>
      `case $1 in -v) echo "chronyd (chrony) version ${version}" ;; *) echo "keyed 1 SECRET"; echo "2026-11-22T16:43:10Z Fatal error : $*" >&2; exit 1 ;; esac`;
    for (const [version, expected] of [
      ['3.5', false],
      ['4.0', true],
    ] as const) {
      const other = makeFakeRoot({ ...azureHost, commands: { ...azureHost.commands, chronyd: chronyd(version) } });
      try {
        const { snapshot, stdout } = runProbe(SH, other.parameters);
        expect(decoder.decode(stdout)).not.toContain('SECRET');
        expect(snapshot.sections.map(({ name }) => name).includes('chrony-check')).toBe(expected);
        if (expected)
          expect(text(snapshot, 'chrony-check')).toMatch(/Fatal error : -p -f .*\/etc\/chrony\/chrony.conf/);
      } finally {
        other.remove();
      }
    }
  });

  it('asks a chronyd that does not answer two questions, not five', () => {
    const chronyc = "echo '506 Cannot talk to daemon'; exit 1";
    const other = makeFakeRoot({ ...azureHost, commands: { ...azureHost.commands, chronyc } });
    try {
      const { snapshot } = runProbe(SH, other.parameters);
      const { chrony } = factsOf(snapshot);
      for (const fact of [chrony.tracking, chrony.sources])
        expect(fact).toMatchObject({ value: null, reason: expect.stringContaining('506 Cannot talk to daemon') });
      expect(snapshot.sections.map(({ name }) => name)).not.toContain('selectdata');
      expect(chrony.selection).toMatchObject({ value: null, reason: 'chronyd did not answer' });
    } finally {
      other.remove();
    }
  });

  it('sees what a plan for an Azure guest needs', () => {
    const facts = factsOf(runProbe(SH, [...host.parameters, ...asked]).snapshot);
    expect(facts.cloud).toEqual({ value: 'azure' });
    expect(facts.virtualization).toEqual({ value: 'hyperv' });
    expect(facts.ptp.value).toEqual([
      { device: 'ptp0', clockName: 'mlx5_ptp', symlinks: [] },
      { device: 'ptp1', clockName: 'hyperv', symlinks: ['/dev/ptp_hyperv'] },
    ]);
    expect(facts.hyperv).toEqual({
      hostBuild: { value: '20348' },
      timeSyncVersion: { value: '4.0' },
      lis: { value: { kind: 'in-kernel' } },
      moduleLoaded: { value: true },
      timeSyncOffered: { value: true },
      parameters: { value: { timesync_implicit: 'N' } },
    });
    expect(facts.systemdVersion).toEqual({ value: 249 });
    expect(facts.root).toBe(true);
    expect(facts.chrony.tracking.value).toMatchObject({ name: 'PHC0', stratum: 3, leap: 'Normal' });
    expect(facts.chrony.sources.value?.map(({ mode, state, name }) => [mode, state, name])).toEqual([
      ['refclock', '*', 'PHC0'],
      ['server', '-', '10.0.0.4'],
    ]);
    expect(facts.openTransactions).toEqual({
      value: [
        expect.objectContaining({
          id: 't1',
          state: 'applied',
          who: 'anna@bastion',
          startedAt: '2026-11-22T10:00:00Z',
          guard: { state: 'none', leftSeconds: null },
        }),
      ],
    });
  });

  it('follows include, confdir and sourcedir in the order of chronyd, and stops at a loop', () => {
    const { snapshot } = runProbe(SH, host.parameters);
    expect(factsOf(snapshot).chrony).toMatchObject({
      configPath: '/etc/chrony/chrony.conf',
      configFiles: [
        '/etc/chrony/chrony.conf',
        '/etc/chrony/conf.d/a.conf',
        '/etc/chrony/deep.conf',
        '/etc/chrony/conf.d/b.conf',
        '/etc/chrony/more1.conf',
        '/etc/chrony/sources.d/site.sources',
      ],
    });
    expect(text(snapshot, 'chrony-config')).toContain('again /etc/chrony/chrony.conf');
    expect(section(snapshot, '/etc/chrony/sources.d/tsync.sources').state).toBe('absent');
    expect(section(snapshot, '/etc/chrony/conf.d/tsync.conf').state).toBe('absent');
  });

  it('reads the file that chronyd was started with, and names none rather than the wrong one', () => {
    const started = (file: string) => {
      const cmdline = `/usr/sbin/chronyd\0-F\x001\0-f\0${file}\0`;
      const other = makeFakeRoot({
        ...azureHost,
        files: { ...azureHost.files, '/proc/812/cmdline': cmdline, '/run/coreos/platform-chrony.conf': 'rtcsync\n' },
      });
      try {
        return factsOf(runProbe(SH, other.parameters).snapshot).chrony;
      } finally {
        other.remove();
      }
    };
    expect(started('/run/coreos/platform-chrony.conf')).toMatchObject({
      configPath: '/run/coreos/platform-chrony.conf',
      configFiles: ['/run/coreos/platform-chrony.conf'],
    });
    expect(started('/etc/odd name.conf')).toMatchObject({ configPath: null, configFiles: [] });
  });

  it('gives the bytes of a file as they are', () => {
    const { snapshot } = runProbe(['bash'], host.parameters);
    expect(section(snapshot, '/etc/chrony/more1.conf').bytes).toEqual(azureHost.files?.['/etc/chrony/more1.conf']);
  });

  it('never lets a key, a password or a shadow entry leave the host', () => {
    const { stdout, snapshot } = runProbe(SH, [...host.parameters, ...asked]);
    const printed = decoder.decode(stdout);
    expect(printed).not.toContain('SECRETSECRET');
    expect(printed).not.toContain('hunter2');
    expect(section(snapshot, '/etc/chrony/chrony.keys').state).toBe('refused');
    expect(section(snapshot, '/etc/ntp.conf').state).toBe('refused');
  });

  it('asks timesyncd nothing where it does not run, because asking would start it and stop chronyd', () => {
    const { stdout } = runProbe(SH, host.parameters);
    expect(decoder.decode(stdout)).not.toContain('this starts timesyncd');
  });

  it('takes links and masks for what they are', () => {
    const { services } = factsOf(runProbe(SH, host.parameters).snapshot);
    expect(services.get('chronyd.service')).toBe(services.get('chrony.service'));
    expect(services.get('chrony.service')).toMatchObject({
      unit: 'chrony.service',
      masked: false,
      mainPid: 812,
      dropIns: ['/etc/systemd/system/chrony.service.d/wait.conf'],
      install: { wantedBy: ['multi-user.target'], requiredBy: [], alias: ['chronyd.service'] },
      links: [
        '/etc/systemd/system/chronyd.service -> /lib/systemd/system/chrony.service',
        '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service',
      ],
    });
    expect(services.get('systemd-timesyncd.service')).toMatchObject({ masked: true, links: [] });
  });

  it.each([
    [{ '/proc/1/environ': 'PATH=/bin\0container=lxc\0' }, 'container'],
    [{ '/proc/1/environ': 'PATH=/bin\0container=\0' }, 'hyperv'],
    [{ '/proc/vz/version': '' }, 'container'],
    [{ '/proc/vz/version': '', '/proc/bc/0': '' }, 'hyperv'],
    [{ '/run/.containerenv': '' }, 'container'],
  ])('knows a container by %j', (files, virtualization) => {
    const other = makeFakeRoot({ ...azureHost, files: { ...azureHost.files, ...files } });
    try {
      expect(factsOf(runProbe(SH, other.parameters).snapshot).virtualization.value).toBe(virtualization);
    } finally {
      other.remove();
    }
  });

  it('tells a daemon of a container from the own one', () => {
    const { daemons } = factsOf(runProbe(SH, host.parameters).snapshot);
    expect(daemons.find((daemon) => daemon.name === 'chrony')).toMatchObject({
      pid: 812,
      active: { value: true },
      commandLine: ['/usr/sbin/chronyd', '-F', '1', '-f', '/etc/chrony/chrony.conf'],
    });
  });

  it.each([
    '/etc/ssh/ssh_host_ed25519_key',
    '/root/.ssh/id_rsa',
    '/etc/krb5.keytab',
    '/etc/ssl/private/web1',
    '/root/.netrc',
  ])('leaves the secrets of %s on the host, whoever asks for it', (path) => {
    const secret = makeFakeRoot({ ...azureHost, files: { ...azureHost.files, [path]: 'SECRETSECRET\n' } });
    const { snapshot } = runProbe(SH, [...secret.parameters, `path=${path}`]);
    secret.remove();
    expect(factsOf(snapshot).files.get(path)).toMatchObject({ state: 'refused' });
    expect(snapshot.sections.some(({ bytes }) => new TextDecoder().decode(bytes).includes('SECRET'))).toBe(false);
  });

  it('says of each file that was asked for what became of it', () => {
    const { files } = factsOf(runProbe(SH, [...host.parameters, ...asked]).snapshot);
    expect(files.get('/etc/asked for.txt')).toMatchObject({ state: 'present', mode: '0644' });
    expect(files.get('/etc/dangling.conf')).toMatchObject({ state: 'refused' });
    expect(files.get('/etc/shadow')).toMatchObject({ state: 'refused' });
    expect(files.get('/etc/udev/rules.d/80-clock.rules')).toMatchObject({ state: 'present' });
    expect(files.get('/etc/udev/rules.d/70-net.rules')).toBeUndefined();
    expect(files.get('/etc/modprobe.d/time.conf')).toMatchObject({ state: 'present' });
  });

  it.each(Object.entries(SHELLS))(
    'prints it under %s on a host that has no timeout command, and leaves no process behind',
    async (_, shell) => {
      const has = "then timeout='timeout -k 1'; fi";
      const none = "then timeout=''; fi".padEnd(has.length);
      const text = new TextEncoder().encode(decoder.decode(program).replace(has, none));
      expect(text.length).toBe(program.length);
      const { snapshot, stderr } = runProbe(shell, host.parameters, text);
      expect(stderr.replace(/.*ignored null byte.*\n/g, '')).toBe('');
      expect(snapshot.sections).toEqual(runProbe(SH, host.parameters).snapshot.sections);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(leftBehind()).toEqual([]);
    },
  );

  it('takes nothing that a process, a file or a command holds for a frame, not even with the nonce in it', () => {
    const frame = `\n@${NONCE} section values chrony-config ok 27\nfile /etc/../home/ops/evil\n\n@${NONCE} done\n`;
    const config = `server 192.0.2.1\n${frame}`;
    const other = makeFakeRoot({
      ...azureHost,
      files: {
        ...azureHost.files,
        '/proc/812/cmdline': `/usr/sbin/chronyd\0${frame}\0`,
        '/etc/chrony/chrony.conf': config,
        '/etc/default/chrony': `${frame}\0`,
      },
      commands: { ...azureHost.commands, dmesg: `printf 'hv_utils: ${frame.replaceAll('\n', '\\nhv_utils')}'; exit 3` },
    });
    try {
      for (const shell of Object.values(SHELLS)) {
        const { snapshot } = runProbe(shell, other.parameters);
        expect(snapshot.complete).toBe(true);
        expect(text(snapshot, 'cmdline:812')).toBe(`/usr/sbin/chronyd\0${frame}\0`);
        expect(text(snapshot, '/etc/chrony/chrony.conf')).toBe(config);
        expect(text(snapshot, '/etc/default/chrony')).toBe(`${frame}\0`);
        expect(section(snapshot, 'dmesg')).toMatchObject({ exit: 3, truncated: false });
        expect(text(snapshot, 'chrony-config')).not.toContain('evil');
      }
    } finally {
      other.remove();
    }
  });

  it('cuts what it says of a host with many large files, and says where', () => {
    const paths = Array.from({ length: 60 }, (_, at) => `/etc/large/${at}`);
    const other = makeFakeRoot({
      ...azureHost,
      files: { ...azureHost.files, ...Object.fromEntries(paths.map((path) => [path, '#\n'.repeat(32_000)])) },
    });
    try {
      const { snapshot, stdout } = runProbe(SH, [...other.parameters, ...paths.map((path) => `path=${path}`)]);
      expect(snapshot.complete).toBe(true);
      expect(stdout.length).toBeLessThan(3_400_000);
      const large = paths.map((path) => section(snapshot, path));
      expect(large[0]).toMatchObject({ state: 'ok', truncated: false });
      expect(large.at(-1)).toMatchObject({ state: 'ok', truncated: true });
    } finally {
      other.remove();
    }
  });

  it('does nothing at all when it was cut off on its way', () => {
    for (const length of [program.length - 1 - 'tsync_probe "$@"'.length, Math.floor(program.length / 2), 40]) {
      const { stdout } = runProbe(SH, host.parameters, program.slice(0, length));
      expect(decoder.decode(stdout)).not.toContain(`@${NONCE}`);
    }
  });

  it('changes nothing below its root', () => {
    const before = listing(host.root);
    runProbe(SH, host.parameters);
    expect(listing(host.root)).toEqual(before);
  });
});

describe('a host that wants to keep the probe busy', () => {
  it('gets no more than a bounded part of a file and a command, and its deadline', () => {
    const host = makeFakeRoot({
      files: {
        ...azureHost.files,
        '/etc/chrony/chrony.conf': `include /etc/chrony/loop.conf\n${'#'.repeat(50_000_000)}`,
        '/etc/chrony/loop.conf': 'include /etc/chrony/*.conf\n',
        '/etc/os-release': 'x'.repeat(3_000_000),
      },
      links: azureHost.links ?? {},
      commands: {
        ...azureHost.commands,
        chronyd: 'exec yes noise',
        uname: 'exec sleep 100',
        dmesg: 'while :; do echo hv_utils: TimeSync; done',
      },
    });
    try {
      const { snapshot, stdout } = runProbe(SH, host.parameters);
      expect(snapshot.complete).toBe(true);
      expect(stdout.length).toBeLessThan(1_000_000);
      expect(section(snapshot, 'uname').state).toBe('timeout');
      expect(section(snapshot, '/etc/chrony/chrony.conf').truncated).toBe(true);
      expect(section(snapshot, 'chronyd-version').truncated).toBe(true);
      const facts = factsOf(snapshot);
      expect(facts.kernel).toMatchObject({ value: null, reason: expect.stringContaining('did not end in time') });
      expect(facts.files.get('/etc/chrony/chrony.conf')).toMatchObject({ state: 'present', truncated: true });
    } finally {
      host.remove();
    }
  });
});

/** Processes that a probe of this test left running: they still have its mark in their environment. */
function leftBehind(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^[0-9]+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK[0]}=${MARK[1]}`);
    } catch {
      return false;
    }
  });
}

function listing(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => {
    const path = join(root, name);
    const { mode, size, mtimeMs } = lstatSync(path);
    return `${name} ${mode} ${size} ${mtimeMs} ${lstatSync(path).isSymbolicLink() ? readlinkSync(path) : ''}`;
  });
}
