import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPrograms } from '#engine/programs.js';
import { wrongFilePlace } from '#resources/file/wrong-file-place.js';
import { applyProgram } from '#transaction/apply-program.js';
import { SH, SHELLS } from '../shells.js';
import { change, META, planOf } from './every-kind.js';
import { FakeHost, fileState, TEXTS } from './fake-host.js';

// Root writes only where root alone can say what stands there: looked at on the host, before anything is touched and at each write.
// Folders of ordinary users belong to uid 1000 here, which takes root to arrange.

const ID = META.transaction;
const OPS = 1000;
const isRoot = process.getuid?.() === 0;
const { settle } = loadPrograms();
const toSet = (path: string, before: string | null = 'old\n') =>
  applyProgram(
    TEXTS,
    planOf([change('file', path, before === null ? null : fileState(before), fileState('new\n'))]),
    META,
  );

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  host.write('etc/hostname', 'web-1\n');
  host.write('etc/app/app.conf', 'old\n');
  host.write('etc/secret', 'secret\n', 0o600);
});
afterEach(() => host.remove());

const text = (path: string) => readFileSync(host.path(path), 'utf8');
function theirs(folder: string): void {
  mkdirSync(host.path(folder), { recursive: true });
  chownSync(host.path(folder), OPS, OPS);
}
function link(target: string, path: string): void {
  mkdirSync(dirname(host.path(path)), { recursive: true });
  symlinkSync(target, host.path(path));
}
/** Lets something happen on the host when the guard is armed and the first change comes: the program then writes to the log. */
function whenArmed(command: string): void {
  const logger = join(host.folder, 'bin/logger');
  rmSync(logger);
  writeFileSync(logger, `#!/bin/sh\ncd '${host.root}' || exit\n${command}\n`, { mode: 0o755 });
}

// The check itself is tried under every shell in test/conversation/rooted.test.ts.
const shells = Object.entries(SHELLS).filter(([name]) => name === SH.join(' ') || name === 'busybox ash');

describe.skipIf(!isRoot).each(shells)('under %s', (_name, shell) => {
  it.each([
    ['in a folder of an ordinary user', '/srv/ops/app.conf', () => theirs('srv/ops')],
    ['below a folder of theirs, in one of root’s', '/srv/ops/root/app.conf', () => theirs('srv/ops')],
    [
      'behind a link of root’s that leads there',
      '/etc/ops/app.conf',
      () => {
        theirs('srv/ops');
        link('../srv/ops', 'etc/ops');
      },
    ],
    ['through `..`', '/etc/../srv/ops/app.conf', () => theirs('srv/ops')],
    ['with an empty part', '/etc//app/app.conf', () => {}],
    [
      'in a folder that a group may write',
      '/srv/group/app.conf',
      () => {
        mkdirSync(host.path('srv/group'), { recursive: true });
        chownSync(host.path('srv/group'), 0, OPS);
        chmodSync(host.path('srv/group'), 0o775);
      },
    ],
    ['where a boot empties it', '/tmp/app.conf', () => mkdirSync(host.path('tmp'))],
    [
      'in tsync’s own folder',
      '/var/lib/tsync/tx/app.conf',
      () => mkdirSync(host.path('var/lib/tsync'), { recursive: true, mode: 0o700 }),
    ],
  ])('writes no file %s', (_what, path, arrange) => {
    arrange();
    const before = host.state();
    const { steps } = host.run(shell, toSet(path, null));
    expect(steps.join('\n')).toMatch(/^prepare failed:|^precheck stale:/m);
    expect(steps.at(-1)).toBe('transaction untouched');
    expect(host.state()).toBe(before);
  });

  it.each([
    ['its folder becomes a link to where root alone writes', 'mv etc/app etc/was; ln -s /etc etc/app'],
    ['its folder gets another owner', `chown ${OPS} etc/app`],
    ['the file becomes a link to one that only root may read', 'ln -sfn ../secret etc/app/app.conf'],
    ['a name of ours stands there already, as a link', `ln -s ../secret "etc/app/.tsync-${ID}~"`],
  ])('writes to nothing else when the guard is armed and %s', (_what, command) => {
    whenArmed(command);
    host.run(shell, toSet('/etc/app/app.conf'));
    expect(text('etc/secret')).toBe('secret\n');
    expect(statSync(host.path('etc/secret')).uid).toBe(0);
    expect(statSync(host.path('etc/secret')).mode & 0o777).toBe(0o600);
  });

  it('gives a file back with its inode and its other names, and leaves no second name', () => {
    linkSync(host.path('etc/app/app.conf'), host.path('etc/app/other'));
    const before = statSync(host.path('etc/app/app.conf')).ino;
    host.run(shell, toSet('/etc/app/app.conf'));
    expect(text('etc/app/app.conf')).toBe('new\n');
    expect(host.undo(shell, ID).steps.at(-1)).toBe('transaction reverted');
    expect(statSync(host.path('etc/app/app.conf')).ino).toBe(before);
    expect(host.state()).not.toContain('.tsync-');
  });

  it('removes no folder that a list of made folders names and nobody may make there', () => {
    host.run(shell, toSet('/etc/new/deep/app.conf', null));
    const list = host.path(`var/lib/tsync/tx/${ID}/made`);
    for (const folder of ['home/alice', 'srv/empty', 'etc/empty']) mkdirSync(host.path(folder), { recursive: true });
    theirs('srv/ops');
    mkdirSync(host.path('srv/ops/empty'));
    const hostile = [
      '/home/alice',
      `${host.root}/home/alice`,
      `${host.root}/etc/../home/alice`,
      `${host.root}/srv/ops/empty`,
      '-rf',
      '',
      '/',
    ];
    writeFileSync(list, `${readFileSync(list, 'utf8')}${hostile.join('\n')}\n`);
    expect(host.undo(shell, ID).steps.at(-1)).toBe('transaction reverted');
    expect(existsSync(host.path('home/alice'))).toBe(true);
    expect(existsSync(host.path('srv/ops/empty'))).toBe(true);
    expect(existsSync(host.path('etc/new'))).toBe(false);
  });

  it.each(['var/lib/tsync', 'var/lib/tsync/tx'])('works in no %s that is a link', (ours) => {
    mkdirSync(host.path('victim/alice/thesis'), { recursive: true });
    link(host.path('victim'), ours);
    expect(host.run(shell, toSet('/etc/app/app.conf')).steps.at(-1)).toBe('transaction untouched');
    expect(host.run(shell, settle, { requests: ['clean alice', 'state alice', 'bye'] }).steps).toEqual([
      'clean refused:absent',
      'state absent',
    ]);
    expect(lstatSync(host.path('victim')).mode & 0o777).toBe(0o755);
    expect(existsSync(host.path('victim/alice/thesis'))).toBe(true);
    expect(text('etc/app/app.conf')).toBe('old\n');
  });

  it('cleans away nothing whose name is no transaction’s', () => {
    mkdirSync(host.path('var/lib/keep'), { recursive: true });
    host.run(shell, toSet('/etc/app/app.conf'));
    const requests = ['clean ../../keep', 'clean ..', 'clean .', 'clean /etc', 'clean -rf', 'clean *', 'bye'];
    for (const step of host.run(shell, settle, { requests }).steps) expect(step).toMatch(/^clean refused:/);
    expect(existsSync(host.path('var/lib/keep'))).toBe(true);
    expect(host.transactionState(ID)).toBe('applied');
  });
});

describe('where a change may be', () => {
  it.each(['/etc/chrony/chrony.conf', '/usr/local/bin/x', '/opt/a/b.conf', '/srv/x'])('%s', (path) => {
    expect(wrongFilePlace(path)).toBeNull();
  });
  it.each([
    'etc/x',
    '/etc/../x',
    '/etc//x',
    '/etc/./x',
    '/proc/1/x',
    '/run/x',
    '/tmp/x',
    '/var/lib/tsync/x',
    '/home/ops/x',
    '/',
  ])('not %s', (path) => {
    expect(wrongFilePlace(path)).not.toBeNull();
  });
});
