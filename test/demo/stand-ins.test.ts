import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { finishTimers } from '#demo/timers.js';
import { type OneHost, oneHost, selectedSource } from './one-host.js';

const hosts: OneHost[] = [];
async function host(...args: Parameters<typeof oneHost>): Promise<OneHost> {
  const made = await oneHost(...args);
  hosts.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((made) => made.remove()));
});

/** A started chrony selects its source a second later. */
const SETTLED_MS = 1_200;

/** How far the host's clock is ahead of this machine's, in seconds, rounded. */
function ahead(of: OneHost): number {
  return Math.round(Number(of.run('date', '+%s.%N').stdout) - Date.now() / 1_000) + 0;
}

describe('chrony', () => {
  test('follows what its configuration said when it started, and nothing that was edited since', async () => {
    const db = await host('db01');
    const before = db.run('chronyc', '-c', 'sources').stdout;
    db.write('/etc/chrony.conf', `refclock PHC /dev/ptp_hyperv poll 3 stratum 2\n${db.read('/etc/chrony.conf')}`);
    expect(selectedSource(db)).toMatch(/^203\.0\.113\./);
    expect(db.run('chronyc', '-c', 'sources').stdout.split('\n').length).toBe(before.split('\n').length);
    expect(db.run('systemctl', 'restart', 'chronyd.service').status).toBe(0);
    await sleep(SETTLED_MS);
    expect(selectedSource(db)).toBe('PHC0');
    expect(db.run('chronyc', '-c', 'tracking').stdout).toMatch(/^50484330,PHC0,3,.*,Normal\n$/);
  });

  test('knows no source in the moment after a restart', async () => {
    const db = await host('db01');
    // on a busy machine that moment may be over before chronyc has started
    await expect
      .poll(
        () => {
          db.run('systemctl', 'restart', 'chronyd');
          return db.run('chronyc', '-c', 'tracking').stdout;
        },
        { timeout: 60_000 },
      )
      .toMatch(/^00000000,,0,.*,Not synchronised\n$/);
  });

  test('reads source folders again without a new process, but no refclock from there', async () => {
    const mail = await host('mail01');
    const pid = mail.run('systemctl', 'show', '-p', 'MainPID', '--value', 'chrony').stdout;
    mail.write('/etc/chrony/sources.d/tsync.sources', 'server 192.0.2.7 iburst prefer\nrefclock PHC /dev/ptp0\n');
    expect(mail.run('chronyc', 'reload', 'sources').stdout).toBe('200 OK\n');
    await sleep(SETTLED_MS);
    expect(selectedSource(mail)).toBe('192.0.2.7');
    expect(mail.run('chronyc', '-c', 'sources').stdout).not.toContain('#');
    expect(mail.run('systemctl', 'show', '-p', 'MainPID', '--value', 'chrony').stdout).toBe(pid);
  });

  test('does not start with a refclock whose device is missing, and the unit has failed', async () => {
    const erp = await host('erp01');
    erp.write('/etc/chrony.conf', 'refclock PHC /dev/ptp_hyperv poll 3\nserver 192.0.2.7 iburst\n');
    expect(erp.run('systemctl', 'restart', 'chronyd').status).toBe(1);
    expect(erp.run('systemctl', 'is-active', 'chronyd').stdout).toBe('failed\n');
    expect(erp.run('chronyc', '-c', 'tracking')).toMatchObject({ status: 1, stderr: '506 Cannot talk to daemon\n' });
    expect(erp.run('journalctl').stdout).toContain('Fatal error : Could not open PHC');
  });

  test('of version 3.2 does not start with the option stratum, of version 3.4 it does', async () => {
    for (const [name, config, unit, status] of [
      ['batch01', '/etc/chrony/chrony.conf', 'chrony', 1],
      ['erp01', '/etc/chrony.conf', 'chronyd', 0],
    ] as const) {
      const old = await host(name);
      old.write(config, 'refclock PHC /dev/ptp0 poll 3 stratum 2\n');
      expect(old.run('systemctl', 'restart', unit).status).toBe(status);
    }
  });

  test('outvotes a wrong PTP clock when two servers agree', async () => {
    const pay = await host('pay01');
    pay.write('/etc/chrony/chrony.conf', `refclock PHC /dev/ptp_hyperv prefer\n${pay.read('/etc/chrony/chrony.conf')}`);
    pay.run('systemctl', 'restart', 'chrony');
    await sleep(SETTLED_MS);
    expect(selectedSource(pay)).toMatch(/^203\./);
    expect(pay.run('chronyc', '-c', 'sources').stdout).toContain('#,x,PHC0');
  });

  test('steps the clock to a wrong PTP clock that is its only source, reports no offset, and steps back with the servers', async () => {
    const pay = await host('pay01');
    const original = pay.read('/etc/chrony/chrony.conf');
    pay.write('/etc/chrony/chrony.conf', 'refclock PHC /dev/ptp_hyperv\n');
    pay.run('systemctl', 'restart', 'chrony');
    await sleep(SETTLED_MS);
    expect(selectedSource(pay)).toBe('PHC0');
    expect(pay.run('chronyc', '-c', 'tracking').stdout.split(',')[4]).toBe('0.000000128');
    expect(ahead(pay)).toBe(5);
    pay.write('/etc/chrony/chrony.conf', original);
    pay.run('systemctl', 'restart', 'chrony');
    await sleep(SETTLED_MS);
    expect(ahead(pay)).toBe(0);
  });

  test('only watches a source that is marked noselect', async () => {
    const files = await host('files01');
    files.write('/etc/chrony/conf.d/watch.conf', 'refclock PHC /dev/ptp_hyperv noselect\n');
    files.run('systemctl', 'restart', 'chrony');
    await sleep(SETTLED_MS);
    expect(selectedSource(files)).toMatch(/^203\./);
    expect(files.run('chronyc', '-c', 'sources').stdout).toContain('#,?,PHC0');
  });

  test('measures a server once without touching anything, and says when none answers', async () => {
    const mail = await host('mail01', { deadServers: ['ntp9.corp.example'] });
    const good = mail.runAs(
      '1000',
      'chronyd',
      '-Q',
      '-t',
      '8',
      'server ntp1.corp.example iburst',
      'cmdport 0',
      'port 0',
    );
    expect(good).toMatchObject({ status: 0 });
    expect(good.stderr).toMatch(/System clock wrong by -?0\.000\d{3} seconds \(ignored\)/);
    const dead = mail.runAs('1000', 'chronyd', '-Q', '-t', '8', 'server ntp9.corp.example iburst');
    expect(dead).toMatchObject({ status: 1 });
    expect(dead.stderr).toContain('No suitable source for synchronisation');
  });

  test('checks a configuration file without being started', async () => {
    const mail = await host('mail01');
    mail.write('/etc/chrony/new.conf', 'refclock PHC /dev/nothing\ninclude /etc/chrony/chrony.conf\n');
    expect(mail.run('chronyd', '-p', '-f', '/etc/chrony/new.conf').status).toBe(0);
    const old = await host('erp01');
    expect(old.run('chronyd', '-p', '-f', '/etc/chrony.conf').stderr).toContain('invalid option');
  });
});

describe('systemd', () => {
  const DROP_IN = '[Service]\nExecStartPre=-+/bin/sh /etc/tsync/refclock.sh\n';
  const SCRIPT = [
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    "file='/run/chrony-dhcp/tsync-refclock.conf'",
    'for name in /sys/class/ptp/*/clock_name; do',
    '  read -r clock <"$name"',
    '  if [ "$clock" = hyperv ]; then device=/dev/$(basename "$(dirname "$name")"); fi',
    'done',
    '[ -e /dev/ptp_hyperv ] && device=/dev/ptp_hyperv',
    'printf \'refclock PHC %s poll 3\\n\' "$device" >"$file"',
  ].join('\n');

  test('runs the script of a drop-in before chrony, with every path of it below the root of the host', async () => {
    const api = await host('api01');
    api.write('/etc/tsync/refclock.sh', SCRIPT);
    api.write('/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf', DROP_IN);
    api.write('/etc/chrony/chrony.conf', 'confdir /run/chrony-dhcp\n');
    const there = existsSync('/run/chrony-dhcp/tsync-refclock.conf');
    expect(api.run('systemctl', 'restart', 'chrony').status).toBe(0);
    expect(api.read('/run/chrony-dhcp/tsync-refclock.conf')).toBe('refclock PHC /dev/ptp_hyperv poll 3\n');
    expect(existsSync('/run/chrony-dhcp/tsync-refclock.conf')).toBe(there);
    await sleep(SETTLED_MS);
    expect(selectedSource(api)).toBe('PHC0');
    expect(ahead(api)).toBe(0);
    expect(api.run('systemctl', 'show', '-p', 'DropInPaths', 'chrony.service').stdout).toBe(
      'DropInPaths=/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf\n',
    );
  });

  test('runs no other program of a drop-in', async () => {
    const api = await host('api01');
    api.write(
      '/etc/systemd/system/chrony.service.d/x.conf',
      `[Service]\nExecStartPre=/bin/touch ${api.folder}/touched\n`,
    );
    api.run('systemctl', 'restart', 'chrony');
    expect(existsSync(join(api.folder, 'touched'))).toBe(false);
  });

  test('finds a unit by its alias, and does not start one that is masked', async () => {
    const batch = await host('batch01');
    expect(batch.run('systemctl', 'show', '-p', 'Id', 'chronyd').stdout).toBe('Id=chrony.service\n');
    batch.run('systemctl', 'stop', 'systemd-timesyncd.service');
    const mask = join(batch.folder, 'root/etc/systemd/system/systemd-timesyncd.service');
    symlinkSync('/dev/null', mask);
    expect(batch.run('systemctl', 'start', 'systemd-timesyncd').stderr).toContain('is masked');
    expect(batch.run('systemctl', 'show', '-p', 'LoadState,UnitFileState', 'systemd-timesyncd').stdout).toBe(
      'LoadState=masked\nUnitFileState=masked\n',
    );
  });

  test('says what it does not know, and asks an ordinary user for authentication', async () => {
    const kiosk = await host('kiosk01');
    expect(kiosk.run('systemctl', 'show', '-p', 'LoadState', 'chrony').stdout).toBe('LoadState=not-found\n');
    expect(kiosk.run('systemctl', 'start', 'chrony').status).toBe(5);
    expect(kiosk.runAs('1000', 'systemctl', 'restart', 'systemd-timesyncd')).toMatchObject({ status: 1 });
    expect(kiosk.run('systemctl', 'is-active', 'systemd-timesyncd').stdout).toBe('active\n');
  });

  test('keeps a process of each running service below /proc, a new one after a restart', async () => {
    const web = await host('web01');
    const pid = () => web.run('systemctl', 'show', '-p', 'MainPID', '--value', 'chrony').stdout.trim();
    const first = pid();
    expect(web.read(`/proc/${first}/comm`)).toBe('chronyd\n');
    expect(web.read(`/proc/${first}/cmdline`)).toBe('/usr/sbin/chronyd\0-F\x001\0');
    web.run('systemctl', 'restart', 'chrony');
    expect(pid()).not.toBe(first);
    expect(existsSync(join(web.folder, 'root/proc', first))).toBe(false);
  });

  test('wakes timesyncd when somebody asks for its state, as on real hosts', async () => {
    const batch = await host('batch01');
    batch.run('systemctl', 'stop', 'systemd-timesyncd');
    batch.runAs('1000', 'timedatectl', 'show');
    expect(batch.run('systemctl', 'is-active', 'systemd-timesyncd').stdout).toBe('inactive\n');
    expect(batch.runAs('1000', 'timedatectl', 'show-timesync').stdout).toContain('ServerName=ntp.ubuntu.com');
    expect(batch.run('systemctl', 'is-active', 'systemd-timesyncd').stdout).toBe('active\n');
  });

  test('makes the name of the PTP clock by a rule, and takes it away with the rule', async () => {
    const erp = await host('erp01');
    const link = join(erp.folder, 'root/dev/ptp_hyperv');
    erp.write('/etc/udev/rules.d/99-x.rules', 'SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"\n');
    erp.run('udevadm', 'trigger', '--subsystem-match=ptp', '--action=add');
    expect(readlinkSync(link)).toBe('ptp0');
    erp.write('/etc/udev/rules.d/99-x.rules', '');
    erp.run('udevadm', 'trigger', '--subsystem-match=ptp', '--action=add');
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('every shell', () => {
  test('gives the same answers', async () => {
    const api = await host('api01');
    const ask = (shell: readonly string[], command: string, ...args: string[]) => {
      const [program = '', ...first] = shell;
      const path = join(api.folder, 'bin', command);
      return spawnSync(program, [...first, path, ...args], { encoding: 'utf8', env: { TSYNC_DEMO_UID: '0' } }).stdout;
    };
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: dpkg-query's own
    for (const question of [
      ['chronyd', '-p', '-f', '/etc/chrony/chrony.conf'],
      ['systemctl', 'show', '-p', 'Id,LoadState,ActiveState,MainPID,FragmentPath', 'chrony', 'ntp.service'],
      ['systemctl', 'is-enabled', 'chronyd'],
      ['dpkg-query', '-W', '-f', '${Package} ${Version}\\n', 'chrony'],
      ['id', '-u'],
      ['modinfo', 'hv_utils'],
    ] as [string, ...string[]][]) {
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: dpkg-query's own
      const expected = ask(['/bin/sh'], ...question);
      expect(expected).not.toBe('');
      for (const shell of [['/bin/bash'], ['/bin/busybox', 'ash'], ['/bin/mksh']]) {
        if (!existsSync(shell[0] ?? '')) continue;
        expect(ask(shell, ...question), `${shell.join(' ')} ${question.join(' ')}`).toBe(expected);
      }
    }
    const names = (shell: readonly string[]) =>
      ask(shell, 'chronyc', '-c', '-N', 'sources').replace(/^(.,.,[^,]*).*$/gm, '$1');
    expect(names(['/bin/bash'])).toBe(names(['/bin/sh']));
    expect(names(['/bin/busybox', 'ash'])).toBe(names(['/bin/sh']));
  });
});

describe('timers', () => {
  const arm = (on: OneHost, seconds: string) =>
    on.run(
      'systemd-run',
      '--unit=tsync-guard-1',
      `--on-active=${seconds}`,
      '--timer-property=AccuracySec=100ms',
      '/bin/sh',
      '-c',
      'echo fired >"$0"',
      join(on.folder, 'fired'),
    );

  test('fire on time', async () => {
    const web = await host('web01');
    expect(arm(web, '1').status).toBe(0);
    expect(web.run('systemctl', 'is-active', 'tsync-guard-1.timer').stdout).toBe('active\n');
    await sleep(500);
    expect(existsSync(join(web.folder, 'fired'))).toBe(false);
    await expect.poll(() => existsSync(join(web.folder, 'fired')), { timeout: 5_000 }).toBe(true);
    await expect.poll(() => web.run('systemctl', 'is-active', 'tsync-guard-1.timer').stdout).toBe('inactive\n');
  });

  test('do not fire once they are stopped', async () => {
    const web = await host('web01');
    arm(web, '1');
    expect(web.run('systemctl', 'stop', 'tsync-guard-1.timer').status).toBe(0);
    expect(web.run('systemctl', 'is-active', 'tsync-guard-1.timer').status).toBe(3);
    await sleep(1_500);
    expect(existsSync(join(web.folder, 'fired'))).toBe(false);
  });

  test('fire at once when the demo closes, and leave no process', async () => {
    const web = await host('web01');
    arm(web, '3600');
    await finishTimers(web.folder);
    expect(web.run('systemctl', 'is-active', 'tsync-guard-1.timer').stdout).toBe('inactive\n');
    expect(existsSync(join(web.folder, 'fired'))).toBe(true);
  });

  test('are not armed twice under one name, nor by an ordinary user', async () => {
    const web = await host('web01');
    arm(web, '3600');
    expect(arm(web, '3600').stderr).toContain('already loaded');
    expect(web.runAs('1000', 'systemd-run', '--unit=x', '--on-active=1', 'true').status).toBe(1);
  });
});
