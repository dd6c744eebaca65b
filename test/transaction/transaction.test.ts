import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyProgram } from '#transaction/apply-program.js';
import { verifyProgram } from '#transaction/verify-program.js';
import { SH, SHELLS } from '../shells.js';
import { action, change, everyKind, furnish, META, planOf } from './every-kind.js';
import { FakeHost, fileState, TEXTS } from './fake-host.js';

const ID = META.transaction;
const program = applyProgram(TEXTS, everyKind, META);
const settle = verifyProgram(TEXTS);

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  furnish(host);
});
afterEach(() => host.remove());

describe.each(Object.entries(SHELLS))('under %s', (_name, shell) => {
  it('makes every kind of change, and takes all of it back', () => {
    const before = host.state();
    const { steps, errors } = host.run(shell, program);
    expect(errors).toBe('');
    expect(steps).toEqual([
      'precheck ok',
      'guard armed',
      ...everyKind.changes.map(({ id }) => `${id} done`),
      'daemon-reload done',
      'udev-trigger done',
      'restart:ntpd.service done',
      'reload-sources done',
      'transaction applied',
    ]);
    expect(readFileSync(host.path('etc/chrony/chrony.conf'), 'utf8')).toBe("# it's ours\nserver 10.77.0.1 iburst\n");
    expect(readFileSync(host.path('etc/chrony/real.conf'), 'utf8')).toBe('new\n');
    expect(readlinkSync(host.path('etc/chrony/link.conf'))).toBe('real.conf');
    expect(existsSync(host.path('etc/default/ntpdate'))).toBe(false);
    expect(readlinkSync(host.path('etc/systemd/system/systemd-timesyncd.service'))).toBe('/dev/null');
    expect(readFileSync(host.path('sys/module/hv_utils/parameters/timesync_implicit'), 'utf8')).toBe('N\n');
    expect(readdirSync(host.active).sort()).toEqual([
      'chrony.service',
      'ntpd.service',
      `tsync-guard-${ID}-anchored.timer`,
      `tsync-guard-${ID}.timer`,
    ]);

    expect(host.undo(shell, ID).steps.at(-1)).toBe('transaction reverted');
    expect(host.armedGuards()).toEqual([]);
    expect(host.state()).toBe(before);
  });

  it('confirms what was applied, and then takes nothing back any more', () => {
    host.run(shell, program);
    const { steps, output } = host.run(shell, settle, {
      requests: ['probe', `state ${ID}`, `confirm ${ID}`, `revert ${ID}`, 'bye'],
    });
    expect(steps).toEqual(['state applied', 'confirm confirmed', 'revert refused:confirmed']);
    expect(output.match(/ idle$/gm)).toHaveLength(5);
    expect(output.trimEnd().endsWith(' done')).toBe(true);
    expect(host.armedGuards()).toEqual([]);
    const after = host.state();
    expect(after).not.toContain('tsync-boot');
    expect(host.undo(shell, ID).steps).toEqual(['transaction confirmed']);
    expect(host.undo(shell, ID, 'boot').steps).toEqual(['transaction confirmed']);
    expect(host.state()).toBe(after);
  });

  it('writes any bytes but NUL as they are', () => {
    const bytes = Uint8Array.from({ length: 255 }, (_, index) => index + 1);
    const contents = [
      bytes,
      'it\'s "quoted" \\n $HOME `id` %s\r\n\n\nno final line feed',
      '',
      '\n\n',
      '\x81\x82\x83\x84\x85\x86\x87\x88 caf\xe9\n',
      'EOF\nLINKS\n'.repeat(10_000).slice(0, 60_000),
    ];
    const plan = planOf(
      contents.map((content, index) => change('file', `/etc/tsync/${index}`, null, fileState(content))),
    );
    expect(host.run(shell, applyProgram(TEXTS, plan, META)).steps.at(-1)).toBe('transaction applied');
    for (const [index, content] of contents.entries()) {
      expect(host.bytes(`etc/tsync/${index}`)).toEqual(fileState(content).bytes);
    }
  });
});

it('writes who, when and why beside the backups, for nobody else to read', () => {
  host.run(SH, program);
  const folder = host.path(`var/lib/tsync/tx/${ID}`);
  expect(readFileSync(join(folder, 'meta'), 'utf8').split('\n')).toEqual([
    `id=${ID}`,
    'run=run1',
    "who=o'brien@bastion",
    'host=web-1',
    'started=2026-11-22T10:00:00.000Z',
    'guard_seconds=240',
    'plan_digest=d1',
    'version=0.1.0',
    '',
  ]);
  expect(readFileSync(join(folder, 'program.sh'))).toEqual(Buffer.from(program).subarray(0, -1));
  expect(readFileSync(join(host.folder, 'logger.log'), 'utf8')).toContain(
    "(o'brien@bastion): file:/etc/chrony/chrony.conf",
  );
});

it('arms the guard and the unit for the next boot before the first change', () => {
  host.run(SH, program);
  const unit = readFileSync(host.path(`etc/systemd/system/tsync-boot-${ID}.service`), 'utf8');
  expect(unit).toContain('DefaultDependencies=no');
  expect(unit).toContain('undo boot');
  expect(readFileSync(join(host.folder, `tsync-guard-${ID}.command`), 'utf8').split('\n')).toEqual(
    expect.arrayContaining(['--on-active=240', 'undo', 'guard']),
  );
  // 240 s after the first timer was armed, which was 30 s after systemd's start
  expect(readFileSync(join(host.folder, `tsync-guard-${ID}-anchored.command`), 'utf8')).toMatch(/^--on-startup=271\n/);
  const journal = host
    .journal(ID)
    .split('\n')
    .map((line) => line.replace(/^\S+ /, ''));
  expect(journal.slice(0, 2)).toEqual(['guard armed:240', 'transaction armed']);
});

it.each([
  ['content', () => host.write('etc/chrony/chrony.conf', 'edited\n')],
  ['mode', () => host.write('etc/chrony/chrony.conf', 'pool 2.debian.pool.ntp.org iburst\n', 0o600)],
  ['a file that appeared', () => host.write('etc/tsync/refclock.sh', '')],
  ['a file that went', () => rmSync(host.path('etc/default/ntpdate'))],
  ['a service that was stopped', () => rmSync(join(host.active, 'systemd-timesyncd.service'))],
  ['a link that went', () => rmSync(host.path('etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service'))],
  [
    'a link more',
    () => {
      host.write('etc/systemd/system/graphical.target.wants/x', '');
      symlinkSync(
        '/lib/systemd/system/chrony.service',
        host.path('etc/systemd/system/graphical.target.wants/chrony.service'),
      );
    },
  ],
  ['a mask', () => symlinkSync('/dev/null', host.path('etc/systemd/system/chrony.service'))],
  ['a parameter', () => host.write('sys/module/hv_utils/parameters/timesync_implicit', 'N\n')],
])('touches nothing when the host is stale: %s', (_what, edit) => {
  edit();
  const before = host.state();
  const { steps } = host.run(SH, program);
  expect(steps[0]).toMatch(/^precheck stale:/);
  expect(steps).toHaveLength(2);
  expect(host.state()).toBe(before);
  expect(readdirSync(host.path('var/lib/tsync/tx'))).toEqual([]);
});

it('refuses a second transaction while one is open, and names its holder', () => {
  host.run(SH, program);
  const other = applyProgram(TEXTS, planOf([]), { ...META, transaction: 'run2.web-1' });
  expect(host.run(SH, other).steps[0]).toBe(`lock held:${META.who},${META.startedAt},${ID}`);
  host.undo(SH, ID);
  expect(host.run(SH, other).steps.at(-1)).toBe('transaction applied');
});

it('takes over the lock of a holder that is gone, and none of a holder that lives', () => {
  host.write('var/lib/tsync/tx/.keep', '');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const started = readFileSync(`/proc/${process.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  const lock = host.path('var/lib/tsync/lock');
  symlinkSync(`${process.pid} ${started} ${boot} apply other 2026 ann`, lock);
  expect(host.run(SH, program).steps[0]).toBe('lock held:ann,2026,other');
  for (const dead of [
    `999999 1 ${boot} apply other 2026 ann`,
    `${process.pid} 1 ${boot} apply other 2026 ann`,
    `${process.pid} ${started} otherboot apply other 2026 ann`,
  ]) {
    rmSync(lock, { force: true });
    symlinkSync(dead, lock);
    expect(host.run(SH, program).steps.at(-1)).toBe('transaction applied');
    host.undo(SH, ID);
    rmSync(host.path('var/lib/tsync/tx'), { recursive: true });
  }
});

it('takes everything back at once when a step fails', () => {
  writeFileSync(join(host.folder, 'fail-chrony.service'), '');
  const before = host.state();
  const { steps } = host.run(SH, program);
  expect(steps).toContain('service:chrony.service failed:chrony.service: could not be made active');
  expect(steps.at(-1)).toBe('transaction reverted');
  expect(host.state()).toBe(before);
  expect(host.transactionState(ID)).toBe('reverted');
});

it('says what the daemon wrote that does not start with a change', () => {
  const words = 'Invalid directive at line 1 in file /etc/chrony/conf.d/site.conf';
  writeFileSync(join(host.folder, 'journal'), `${words}\n`);
  writeFileSync(join(host.folder, 'fail-chrony.service'), '');
  const { steps } = host.run(SH, program);
  expect(steps).toContain(`service:chrony.service failed:chrony.service: could not be made active: ${words}`);
  expect(steps.at(-1)).toBe('transaction reverted');
});

it.each(Object.entries(SHELLS))(
  'under %s is as before where a daemon that was failing to start again and again fails once more',
  (_name, shell) => {
    for (const name of ['activating', 'fail']) writeFileSync(join(host.folder, `${name}-chrony.service`), '');
    writeFileSync(join(host.folder, 'journal'), 'Could not bind\n');
    const before = host.state();
    const edit = change('file', '/etc/default/ntpdate', fileState('NTPSERVERS=x\n', '0600'), null);
    const { steps } = host.run(shell, applyProgram(TEXTS, planOf([edit], [action('restart', 'chrony.service')]), META));
    expect(steps.slice(-2)).toEqual([`${edit.id} restored`, 'transaction reverted']);
    expect(steps).toContain('restart:chrony.service failed:restart:chrony.service: Could not bind');
    expect(host.state()).toBe(before);
  },
);

it('says that there is no cksum, and not that somebody changed the files', () => {
  const path = join(host.folder, 'without');
  mkdirSync(path);
  writeFileSync(join(path, 'cksum'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  const before = host.state();
  expect(host.run(SH, program, { path }).steps).toEqual([
    'prepare failed:there is no cksum on this host',
    'transaction untouched',
  ]);
  expect(host.state()).toBe(before);
});

it('touches nothing when the guard cannot be armed', () => {
  writeFileSync(join(host.folder, 'fail-systemd-run'), '');
  const before = host.state();
  expect(host.run(SH, program).steps).toEqual([
    'precheck ok',
    'guard failed:it could not be armed',
    'transaction untouched',
  ]);
  expect(host.state()).toBe(before);
});

it('touches nothing when there is no space for the way back', () => {
  const before = host.state();
  const plan = planOf([
    change('file', '/etc/chrony/chrony.conf', fileState('pool 2.debian.pool.ntp.org iburst\n'), fileState('small\n')),
    change('file', '/etc/tsync/large', null, fileState('x'.repeat(400_000))),
  ]);
  const ran = host.run(SH, applyProgram(TEXTS, plan, META), { before: 'ulimit -f 700; trap "" XFSZ;' });
  expect(ran.steps).toEqual([
    'precheck ok',
    'prepare failed:the way back could not be written',
    'transaction untouched',
  ]);
  expect(host.state()).toBe(before);
});

// a file system of 64 KiB needs root
describe.runIf(process.getuid?.() === 0)('on a full disk', () => {
  beforeEach(() => {
    // all of the host in memory, so that its transactions last as long as the file
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', host.root]);
    furnish(host);
    host.write('etc/small/present', 'before\n');
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=755', 'tmpfs', host.path('etc/small')]);
    host.write('etc/small/present', 'before\n');
  });
  afterEach(() => {
    spawnSync('umount', [host.path('etc/small')]);
    spawnSync('umount', [host.root]);
  });

  it.each(Object.entries(SHELLS))(
    'takes back what went well before a file found no space, under %s',
    (_name, shell) => {
      const before = host.state();
      const plan = planOf([
        change('file', '/etc/small/present', fileState('before\n'), fileState('x'.repeat(18_000))),
        // posh has no printf of its own: the whole program must fit into the 128 KiB of one argument
        change('file', '/etc/small/large', null, fileState('x'.repeat(47_000))),
      ]);
      const { steps } = host.run(shell, applyProgram(TEXTS, plan, META));
      expect(steps).toContain('file:/etc/small/present done');
      expect(steps).toContain('file:/etc/small/large failed:/etc/small/large: could not be written in full');
      expect(steps.at(-1)).toBe('transaction reverted');
      expect(host.state()).toBe(before);
    },
  );
});

it('follows no link out of the root, and replaces none', () => {
  symlinkSync('/etc/hostname', host.path('etc/chrony/outside.conf'));
  const plan = planOf([change('file', '/etc/chrony/outside.conf', null, fileState('x'))]);
  expect(host.run(SH, applyProgram(TEXTS, plan, META)).steps[0]).toMatch(
    /^prepare failed:\/etc\/chrony\/outside.conf: /,
  );
});

// seen on an emulated machine: the module was loaded before the undo at boot had taken its file away
it('restores at boot a parameter that the module took from a file of the transaction, although its own change had not begun', () => {
  const before = host.state();
  host.run(SH, program);
  const journal = host.path(`var/lib/tsync/tx/${ID}/journal`);
  const cut = host
    .journal(ID)
    .split('\n')
    .filter((line) => !line.includes('module-parameter:'));
  writeFileSync(journal, cut.join('\n'));
  rmSync(host.path('run/tsync'), { recursive: true });
  host.undo(SH, ID, 'boot');
  expect(host.transactionState(ID)).toBe('reverted');
  expect(host.state().replace(/\nactive:.*/, '')).toBe(before.replace(/\nactive:.*/, ''));
});

// what ext4 leaves of a file that was renamed shortly before the power went; test/lab/vm/reboots.test.ts shows it
it.each([
  ['is empty', (file: string) => writeFileSync(file, '')],
  ['holds nothing but zeros', (file: string) => writeFileSync(file, '\0\0\0\0')],
  ['is gone', (file: string) => rmSync(file)],
])('takes all back, and lets nobody else begin, where the state %s', (_what, lose) => {
  const before = host.state();
  host.run(SH, program);
  lose(host.path(`var/lib/tsync/tx/${ID}/state`));
  expect(host.run(SH, settle, { requests: [`state ${ID}`, `confirm ${ID}`, `clean ${ID}`] }).steps).toEqual([
    'state lost',
    'confirm refused:lost',
    'clean refused:lost',
  ]);
  expect(host.undo(SH, ID).steps.at(-1)).toBe('transaction reverted');
  expect(host.state()).toBe(before);
});

it('keeps aside what somebody else wrote meanwhile', () => {
  host.run(SH, program);
  host.write('etc/chrony/chrony.conf', 'by hand\n');
  expect(host.undo(SH, ID).steps.at(-1)).toBe('transaction reverted');
  expect(readFileSync(host.path(`var/lib/tsync/tx/${ID}/backup/1.found`), 'utf8')).toBe('by hand\n');
});

it('says that it failed when something cannot be taken back, and can be run again', () => {
  const before = host.state();
  host.run(SH, program);
  writeFileSync(join(host.folder, 'fail-systemd-timesyncd.service'), '');
  expect(host.undo(SH, ID).steps.at(-1)).toMatch(
    /^transaction failed:systemd-timesyncd.service: could not be made active/,
  );
  expect(host.transactionState(ID)).toBe('failed');
  rmSync(join(host.folder, 'fail-systemd-timesyncd.service'));
  expect(host.run(SH, settle, { requests: [`revert ${ID}`] }).steps.at(-1)).toBe('revert reverted');
  expect(host.state()).toBe(before);
});

it('gives a verdict only where there is one to give', () => {
  expect(
    host.run(SH, settle, {
      requests: ['state none', 'confirm none', 'revert none', 'extend none 9', 'confirm ../x', 'state '],
    }).steps,
  ).toEqual([
    'state absent',
    'confirm refused:absent',
    'revert refused:absent',
    'extend refused:absent',
    'confirm refused:absent',
    'state absent',
  ]);
  host.run(SH, program);
  host.undo(SH, ID);
  expect(host.run(SH, settle, { requests: [`confirm ${ID}`, `revert ${ID}`] }).steps).toEqual([
    'confirm refused:reverted',
    'transaction reverted',
    'revert reverted',
  ]);
});

it('extends the guard by arming a new one before the old one goes', () => {
  host.run(SH, program);
  expect(host.run(SH, settle, { requests: [`extend ${ID} 900`, `extend ${ID} soon`] }).steps).toEqual([
    'extend extended',
    'extend refused:seconds',
  ]);
  expect(host.armedGuards()).toEqual([`tsync-guard-${ID}.3-anchored.timer`, `tsync-guard-${ID}.3.timer`]);
  expect(host.run(SH, settle, { requests: [`confirm ${ID}`] }).steps).toEqual(['confirm confirmed']);
  expect(host.armedGuards()).toEqual([]);
});

it('does not wait at boot for a module that is loaded later: its parameter comes from the restored files', () => {
  host.run(SH, program);
  rmSync(host.path(`run/tsync/${ID}`));
  rmSync(host.path('sys/module/hv_utils'), { recursive: true });
  expect(host.undo(SH, ID, 'boot').steps.at(-1)).toBe('transaction reverted');
});

it('says that a parameter could not be restored when its module is gone in a running system', () => {
  host.run(SH, program);
  rmSync(host.path('sys/module/hv_utils'), { recursive: true });
  expect(host.undo(SH, ID).steps.at(-1)).toMatch(
    /^transaction failed:hv_utils.timesync_implicit: could not be restored/,
  );
});

it('does nothing at boot while the boot is the one it was armed in, and takes it back in the next', () => {
  const before = host.state();
  host.run(SH, program);
  const applied = host.state();
  expect(host.undo(SH, ID, 'boot').steps).toEqual([]);
  expect(host.state()).toBe(applied);
  rmSync(host.path('run'), { recursive: true });
  for (const timer of host.armedGuards()) rmSync(join(host.active, timer));
  expect(host.undo(SH, ID, 'boot').steps.at(-1)).toBe('transaction reverted');
  expect(host.state()).toBe(before);
  expect(
    readFileSync(join(host.folder, 'systemctl.log'), 'utf8')
      .split('\n')
      .filter((line) => line === 'restart ntpd.service'),
  ).toHaveLength(1);
});

it('asks each server in a preflight of its own, without touching port or clock', () => {
  const { output } = host.run(SH, settle, { requests: ['preflight 8 10.0.0.1 ntp.example'] });
  expect(output).toContain('chronyd -Q -t 8 server 10.0.0.1 iburst cmdport 0 port 0\n');
  expect(output).toContain('section command preflight:ntp.example ok ');
});

it('does nothing when the program was cut off on its way', () => {
  const before = host.state();
  for (const length of [100, program.length >> 1, program.length - 20]) {
    host.run(SH, program.subarray(0, length));
    expect(host.state()).toBe(before);
  }
});

it.each([0, 40, 80, 120, 200])(
  'ends confirmed or reverted, and says the same, when the guard fires %i ms after the verdict',
  async (delayMs) => {
    const before = host.state();
    host.run(SH, program);
    const applied = host.state();
    const verdict = host.begin(SH, settle, { requests: [`confirm ${ID}`, 'bye'] });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    host.undo(SH, ID);
    const { steps } = await verdict;
    const state = host.transactionState(ID);
    if (state === 'confirmed') {
      expect(steps).toEqual(['confirm confirmed']);
      expect(withoutGuard(host.state())).toBe(withoutGuard(applied));
    } else {
      expect(state).toBe('reverted');
      expect(steps[0]).toMatch(/^confirm refused:/);
      expect(host.state()).toBe(before);
    }
  },
);

it('ends an apply program that is still at work when it is taken back', async () => {
  const before = host.state();
  writeFileSync(join(host.folder, 'hang-chrony.service'), '');
  const applying = host.begin(SH, program);
  while (!host.journal(ID).includes('service:chrony.service begin'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(host.undo(SH, ID, 'revert').steps.at(-1)).toBe('transaction reverted');
  expect((await applying).steps.at(-1)).not.toContain('chrony.service done');
  expect(host.state()).toBe(before);
});

/** The guard, the folder that was made for its mark, and the second names of old files belong to neither state. */
function withoutGuard(state: string): string {
  return state
    .split('\n')
    .filter((line) => !/tsync-boot|\/\.tsync-/.test(line) && !line.startsWith('/run'))
    .map((line) => line.replace(/ tsync-guard-\S+/g, ''))
    .join('\n');
}
