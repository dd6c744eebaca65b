import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPrograms } from '#engine/programs.js';
import { packageProgram } from '#packages/package-program.js';
import { applyProgram } from '#transaction/apply-program.js';
import { newMarks } from '#transport/bootstrap.js';
import { SHELLS } from '../shells.js';
import { everyKind, furnish, META } from './every-kind.js';
import { FakeHost, type RunOptions, TEXTS } from './fake-host.js';

const ID = META.transaction;
/** Of this process alone: others on the machine may test with the usual ones. */
const marks = newMarks(() => randomBytes(16).toString('hex'));
const { probe, settle } = loadPrograms();
const packages = packageProgram(
  TEXTS,
  {
    host: 'web1',
    planDigest: 'd',
    plan: {
      manager: 'apt',
      when: 'before-changes',
      because: 'packages/chrony',
      reason: '',
      requests: [{ action: 'install', name: 'chrony', version: '4.3-2' }],
      unfinished: [],
      preview: null,
    },
    goal: 'make',
    hold: false,
    of: null,
  },
  { ...META, transaction: 'p1' },
);

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  furnish(host);
  // bodies of every sort: backslashes, NULs, what is no UTF-8
  host.write('etc/chrony/conf.d/odd.conf', new Uint8Array([0x5c, 0x63, 0x00, 0xff, 0x0a]));
  host.write('etc/os-release', 'NAME="a\\b"\n');
  const said = '#!/bin/sh\necho "back\\\\slash"\n';
  for (const name of ['apt-get', 'apt-cache', 'dpkg-query', 'chronyd', 'chronyc']) {
    // a link to the stand-in that all tests share
    rmSync(join(host.folder, 'bin', name), { force: true });
    writeFileSync(join(host.folder, 'bin', name), said, { mode: 0o755 });
  }
});
afterEach(() => host.remove());

/** One conversation of each sort, in the order of a run: what it is called, the program, what else is sent. */
const CONVERSATIONS: readonly (readonly [string, Uint8Array, RunOptions])[] = [
  ['probe', probe, { requests: ['t 1', 'go'], parameters: ['path=/etc/chrony/conf.d/odd.conf'] }],
  ['packages', packages, { requests: ['make', 'bye'] }],
  ['apply', applyProgram(TEXTS, everyKind, META), {}],
  ['revert', settle, { requests: ['probe', `state ${ID}`, `revert ${ID}`, 'list', `clean ${ID}`, 'bye'] }],
  ['apply again', applyProgram(TEXTS, everyKind, META), {}],
  ['confirm and tell', settle, { requests: ['clock', 't 1', 'go', `confirm ${ID}`, `tell ${ID}`, 'bye'] }],
];

/** Arguments and environment of every process, as root reads them: more than any other user of a host can. */
function readAll(): string {
  const read = (pid: string, what: string) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'latin1');
    } catch {
      return '';
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => `${read(pid, 'cmdline')}\n${read(pid, 'environ')}`).join('\n');
}

/** Every file below the host's folder. */
function readFiles(): string {
  return readdirSync(host.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Commands that note their arguments and their environment before the system's own run, whatever asks for them. */
function noting(log: string): string {
  const folder = join(host.folder, 'noting');
  mkdirSync(folder, { recursive: true });
  const own = '/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin';
  const script = `#!/bin/sh
{ printf '%s ' "$0" "$@"; env; } >>'${log}'
for folder in ${own}; do if [ -x "$folder/\${0##*/}" ]; then exec "$folder/\${0##*/}" "$@"; fi; done
exit 127
`;
  for (const name of NOTED) writeFileSync(join(folder, name), script.replaceAll('\\$', '$'), { mode: 0o755 });
  return folder;
}
const NOTED = 'print printf echo head grep od timeout'.split(' ');

describe.each(Object.entries(SHELLS))('the nonce of a conversation under %s', (_name, shell) => {
  it('is in no arguments, no environment and no file of the host, in none of its conversations', async () => {
    let looks = 0;
    const log = join(host.folder, '..', `${basename(host.folder)}.noted`);
    const path = noting(log);
    for (const [title, program, options] of CONVERSATIONS) {
      const running = host.begin(shell, program, { ...options, marks, path });
      let isOver = false;
      void running.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const seen = readAll();
        if (seen.includes(marks.token)) looks += 1;
        expect(seen.includes(marks.nonce), title).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { output, steps } = await running;
      expect(output, title).toContain(`@${marks.nonce} done\n`);
      expect(readFiles().includes(marks.nonce), title).toBe(false);
      if (title === 'revert') expect(steps).toContain('revert reverted');
      if (title === 'confirm and tell') expect(steps).toContain('tell told');
    }
    // the saved program is run by /bin/sh, which may be this shell
    const saved = host.path(`var/lib/tsync/tx/${ID}/program.sh`);
    const [command = '', ...words] = shell;
    const told = spawnSync(
      command,
      [...words, saved, 'tell', `root=${host.root}`, `bin=${join(host.folder, 'bin')}`, 'nonce=-'],
      { input: `${marks.nonce}\n`, env: { PATH: `${path}:${process.env.PATH}`, TSYNC_TEST: host.folder } },
    );
    expect(told.stdout.toString('latin1')).toContain(`@${marks.nonce} step tell told\n`);
    const noted = readFileSync(log, 'latin1');
    rmSync(log);
    expect(noted).toContain('head');
    expect(noted.includes(marks.nonce)).toBe(false);
    // the programs were there to be seen
    expect(looks).toBeGreaterThan(CONVERSATIONS.length);
  }, 600_000);

  it('stays out of the environment also where variables of that name were brought along', () => {
    const program = new TextEncoder().encode(
      `${TEXTS.conversation}\nread_parameters "$@"\ncaptured="@$nonce"\nsh -c 'echo "<$nonce$l$p$captured>"'\n`,
    );
    const before = 'nonce=n l=l p=p captured=c; export nonce l p captured;';
    expect(host.run(shell, program, { before }).output).toMatch(/ ready 2\n<>\n$/);
  });
});
