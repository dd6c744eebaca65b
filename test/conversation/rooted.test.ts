import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPrograms } from '#engine/programs.js';
import { NONCE } from '../probe/run-probe.js';
import { ALL_TESTS, SH, SHELLS } from '../shells.js';

// What others than root may change on the way decides nothing that root does: the one check of paths, as every program has it.

const { conversation } = loadPrograms().texts;
const ASK = `${conversation}
ask() {
  read_parameters "$@"
  while IFS= read -r path; do
    if rooted "$path"; then answer=rooted; else answer=refused; fi
    printf '%s %s %s\\n' "$answer" "$writers" "\${resolved#"$root"}"
  done
}
ask "$@"
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsync rooted '));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string) => join(root, path);
function file(path: string, mode = 0o644): void {
  mkdirSync(dirname(at(path)), { recursive: true, mode: 0o755 });
  writeFileSync(at(path), 'x\n');
  chmodSync(at(path), mode);
}
function folder(path: string, mode = 0o755): void {
  mkdirSync(at(path), { recursive: true, mode: 0o755 });
  chmodSync(at(path), mode);
}
function link(target: string, path: string): void {
  mkdirSync(dirname(at(path)), { recursive: true, mode: 0o755 });
  symlinkSync(target, at(path));
}

/** What the check says of each path: its word, who may write there, and where it leads. */
function ask(shell: readonly string[], ...paths: string[]): string[] {
  const [command = 'sh', ...options] = shell;
  const ran = spawnSync(command, [...options, '-c', ASK, 'sh', NONCE, '0', `root=${root}`], {
    input: paths.map((path) => `${path}\n`).join(''),
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
  });
  expect(ran.stderr.toString()).toBe('');
  return ran.stdout.toString().trimEnd().split('\n');
}

const all = (pattern: RegExp) => (answers: readonly string[]) => answers.every((answer) => pattern.test(answer));

describe.each(Object.entries(SHELLS))('under %s', (_name, shell) => {
  it('takes a file of root’s in folders of root’s, along links of root’s, and one that is not there yet', () => {
    file('etc/chrony/chrony.conf');
    link('chrony/chrony.conf', 'etc/chrony.conf');
    link('../etc/chrony', 'usr/chrony');
    file('etc/with blank/a b.conf');
    expect(
      ask(
        shell,
        '/etc/chrony/chrony.conf',
        '/etc/chrony.conf',
        '/usr/chrony/chrony.conf',
        '/etc/new/deeper/file',
        '/etc/with blank/a b.conf',
      ),
    ).toEqual([
      'rooted root /etc/chrony/chrony.conf',
      'rooted root /etc/chrony/chrony.conf',
      'rooted root /etc/chrony/chrony.conf',
      'rooted root /etc/new/deeper/file',
      'rooted root /etc/with blank/a b.conf',
    ]);
  });

  it('takes no text that is not one plain way', () => {
    file('etc/x');
    folder('etc/y');
    expect(
      ask(shell, ...['/etc/y/../x', '/etc//x', '/etc/./x', '/etc/x/', 'etc/x', '/etc/y/..', '//etc/x', '/..']),
    ).toSatisfy(all(/^refused others/));
  });

  it('refuses what leads through a folder that others may write', () => {
    folder('srv/open', 0o777);
    file('srv/open/closed/file');
    folder('srv/sticky', 0o1777);
    file('srv/sticky/file');
    link('/etc/passwd', 'srv/open/way');
    link('../srv/open/file', 'etc/into');
    link('../srv/open', 'etc/folder');
    link('/nowhere', 'etc/out');
    link('b', 'etc/a');
    link('a', 'etc/b');
    expect(
      ask(
        shell,
        ...[
          '/srv/open/file',
          '/srv/open/closed/file',
          '/srv/open/closed/not/yet',
          '/srv/sticky/file',
          '/srv/open/way',
          '/etc/into',
          '/etc/folder/closed/file',
          '/etc/folder/not-yet',
          '/etc/out',
          '/etc/a',
        ],
      ),
    ).toSatisfy(all(/^refused others/));
  });

  it('refuses a way of links that comes back to a good place through a bad one', () => {
    file('etc/good');
    folder('srv/open', 0o777);
    link('../../etc/good', 'srv/open/back');
    link('../srv/open/back', 'etc/round');
    expect(ask(shell, '/etc/round')).toEqual(['refused others /etc/good']);
  });

  it('tells a file that others may write from a place that they may write', () => {
    file('etc/loose', 0o666);
    expect(ask(shell, '/etc/loose')).toEqual(['rooted file /etc/loose']);
  });

  it('refuses what a boot empties, what is the kernel’s, and what is tsync’s own, also by way of a link', () => {
    for (const path of [
      'run/x',
      'proc/x',
      'sys/x',
      'dev/x',
      'tmp/x',
      'home/x',
      'var/tmp/x',
      'var/lib/tsync/tx/x/state',
    ])
      file(path);
    link('../run/x', 'etc/run');
    link('../run', 'var/run');
    expect(
      ask(
        shell,
        ...['/run/x', '/proc/x', '/sys/x', '/dev/x', '/tmp/x', '/home/x', '/var/tmp/x', '/etc/run', '/var/run/x', '/x'],
      ),
    ).toSatisfy(all(/^refused /));
    expect(ask(shell, '/var/lib/tsync/tx/x/state')[0]).toMatch(/^refused /);
  });
});

// only root may give a file away
describe.runIf(process.getuid?.() === 0)('of an ordinary user', () => {
  it.each(Object.entries(SHELLS))('refuses folders, and names files, under %s', (_name, shell) => {
    file('srv/ops/app.conf');
    chownSync(at('srv/ops'), 1234, 0);
    file('etc/owned');
    chownSync(at('etc/owned'), 1234, 1234);
    folder('etc/shared', 0o775);
    chownSync(at('etc/shared'), 0, 1234);
    folder('etc/roots', 0o775);
    link('../srv/ops', 'etc/ops');
    expect(ask(shell, '/srv/ops/app.conf', '/etc/ops/app.conf', '/etc/shared/x', '/etc/roots/x', '/etc/owned')).toEqual(
      [
        'refused others /srv/ops/app.conf',
        'refused others /srv/ops/app.conf',
        'refused others /etc/shared/x',
        'rooted root /etc/roots/x',
        'rooted file /etc/owned',
      ],
    );
  });

  // In CI the program is there, and this is never skipped.
  it.skipIf(!ALL_TESTS && spawnSync('setfacl', ['--version']).status !== 0)(
    'takes an access list for what it is',
    () => {
      folder('etc/listed', 0o775);
      const set = spawnSync('setfacl', ['-m', 'u:1234:rwx', at('etc/listed')], { encoding: 'utf8' });
      expect(set.stderr).toBe('');
      expect(ask(SH, '/etc/listed/x')).toEqual(['refused others /etc/listed/x']);
    },
  );
});

const READ = `${conversation}
give() {
  read_parameters "$@"
  while IFS= read -r path; do section_file "$path"; done
}
give "$@"
`;

describe.each(Object.entries(SHELLS))('what a file holds, under %s', (_name, shell) => {
  it('stays on the host where others can exchange the file and not everybody may read it, or where its real name is that of a secret', () => {
    file('etc/secret', 0o600);
    file('etc/open', 0o644);
    file('etc/shadow', 0o644);
    folder('srv/ops', 0o777);
    link('../../etc/secret', 'srv/ops/secret.conf');
    link('../../etc/open', 'srv/ops/open.conf');
    link('shadow', 'etc/plain.conf');
    file('srv/ops/own.conf', 0o640);
    const [command = 'sh', ...options] = shell;
    const paths = ['/srv/ops/secret.conf', '/srv/ops/open.conf', '/etc/plain.conf', '/srv/ops/own.conf', '/etc/open'];
    const ran = spawnSync(command, [...options, '-c', READ, 'sh', NONCE, '0', `root=${root}`], {
      input: paths.map((path) => `${path}\n`).join(''),
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    });
    const told = ran.stdout.toString().matchAll(/^@\S+ section file (\S+) (\S+) (\d+)/gm);
    expect([...told].map(([, path, state, length]) => `${path} ${state} ${length}`)).toEqual([
      '/srv/ops/secret.conf refused 0',
      '/srv/ops/open.conf ok 2',
      '/etc/plain.conf refused 0',
      '/srv/ops/own.conf refused 0',
      '/etc/open ok 2',
    ]);
  });
});
