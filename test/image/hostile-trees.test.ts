import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHostileTree } from './hostile-tree.js';

/**
 * Trees that are hostile in many ways, worked on by tsync itself as root. TSYNC_HOSTILE_TREES=FIRST-LAST takes other seeds (500 were
 * tried), and TSYNC_HOSTILE_TRACE=1 traces every program that is executed (strace).
 */
const [first = 1, last = 6] = (process.env.TSYNC_HOSTILE_TREES ?? '1-6').split('-').map(Number);
const traces = process.env.TSYNC_HOSTILE_TRACE === '1';
const BATCH = 10;
const tsync = fileURLToPath(new URL('../../bin/tsync.js', import.meta.url));
const isRoot =
  process.getuid?.() === 0 && existsSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)));

let folder: string;
let outside: string;
let victim: ChildProcess;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync-hostile-'));
  outside = join(folder, 'outside');
  const files: { readonly [path: string]: string } = {
    secret: 'the secret\n',
    hard: 'hard\n',
    'etc/chrony/chrony.conf': 'pool outside iburst\n',
    'folder/alice/thesis': 'thesis\n',
    'folder/20260101-000000-abcdef.img/meta': 'id=20260101-000000-abcdef.img\n',
    'tx/20260101-000000-abcdef.img/meta': 'id=20260101-000000-abcdef.img\n',
    'tx/20260101-000000-abcdef.img/mail': 'mail\n',
    'tx/20991231-235959-ffffff.img/state': 'reverted\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(outside, path, '..'), { recursive: true });
    writeFileSync(join(outside, path), text, { mode: 0o640 });
  }
  mkdirSync(join(outside, 'empty'), { mode: 0o777 });
  victim = spawn('sleep', ['86400'], { stdio: 'ignore' });
});
afterAll(() => {
  victim.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(isRoot)('hostile image trees', () => {
  for (let from = first; from <= last; from += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, last - from + 1) }, (_, index) => from + index);
    it(`are planned, changed, taken back and cleaned, and nothing of them is executed or leads out: seeds ${seeds[0]} to ${seeds.at(-1)}`, {
      timeout: 900_000,
    }, () => {
      const trees = join(folder, `trees-${from}`);
      const before = stateOf(outside);
      const own = OWN.map(stateOf);
      const done = seeds.map((seed) => makeHostileTree(join(trees, `t${seed}`), seed, { outside, victim: victimOf() }));
      const inventory = join(trees, 'inventory.yaml');
      const hosts = seeds.map(
        (seed) => `    t${seed}: {ansible_connection: local, root: "${join(trees, `t${seed}`)}", platform: azure}`,
      );
      writeFileSync(
        inventory,
        `all:\n  vars: {tsync: {strategy: ptp+ntp, ntp_servers: [192.0.2.1]}}\n  hosts:\n${hosts.join('\n')}\n`,
      );
      const plan = join(trees, 'plan.json');
      const said = [
        ['plan', inventory, '-o', plan],
        ['run', inventory],
        ['run', inventory, '--yes'],
        ['apply', plan, '--yes'],
        ['rollback', 'latest', '--yes'],
        ['guard', inventory, '--revert', '--yes'],
        ['clean', inventory, '--keep', '0', '--yes'],
      ].map((words) => [words[0], runTsync(trees, words)] as const);
      const story = `${done.map((ways, index) => `${seeds[index]}: ${ways.join('; ')}`).join('\n')}`;
      expect({ story, state: stateOf(outside) }).toEqual({ story, state: before });
      expect({ story, state: OWN.map(stateOf) }).toEqual({ story, state: own });
      expect(victim.exitCode).toBeNull();
      expect(victim.signalCode).toBeNull();
      // tsync itself came to its end each time, and has no bug of its own to tell of.
      for (const [command, { status, text }] of said) {
        expect({ command, status: status ?? text }).toEqual({ command, status: expect.any(Number) });
        expect(text).not.toContain('internal/bug');
      }
      if (traces) expect(executedOf(trees)).toEqual([]);
      if (process.env.TSYNC_HOSTILE_TREES !== undefined) {
        const ends = said.map(([command, { status }]) => `${command} ${status}`).join(', ');
        process.stderr.write(`seeds ${from}-${seeds.at(-1)}: ${ends}${traces ? `; ${execCount(trees)} execve` : ''}\n`);
      }
      rmSync(trees, { recursive: true, force: true });
    });
  }
});

/** Of this machine, where a link of a tree may lead. */
const OWN = [
  '/etc/shadow',
  '/etc/tx',
  '/etc/chrony',
  '/etc/tsync',
  '/etc/ntpsec',
  '/etc/modprobe.d',
  '/etc/udev/rules.d',
  '/var/lib/tsync',
];

function victimOf(): string {
  const stat = readFileSync(`/proc/${victim.pid}/stat`, 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return `${victim.pid} ${start} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
}

function runTsync(trees: string, words: readonly string[]) {
  const trace = traces
    ? [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-s',
        '300',
        '-e',
        'trace=execve,execveat',
        '-o',
        join(trees, `trace-${words.join('-').replace(/[^a-z-]/g, '')}`),
      ]
    : [];
  const [command = '', ...rest] = [
    ...trace,
    process.execPath,
    tsync,
    ...words,
    ...(words[0] === 'clean' || words[0] === 'guard' ? [] : []),
  ];
  const ran = spawnSync(command, rest, {
    cwd: folder,
    env: {
      // A careless PATH: in a folder of a tree, its commands would come first.
      PATH: `.:${process.env.PATH}`,
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      TZ: 'UTC',
    },
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 1 << 26,
  });
  return { status: ran.status, text: `${ran.stdout}${ran.stderr}` };
}

/** What was executed that lies in a tree, or was given to a shell that does. */
function executedOf(trees: string): readonly string[] {
  const lines = readdirSync(trees)
    .filter((name) => name.startsWith('trace-'))
    .flatMap((name) => readFileSync(join(trees, name), 'latin1').split('\n'));
  return lines.filter(
    (line) =>
      line.includes('execve') &&
      !/ = -1 /.test(line) &&
      (/execve(at)?\("(\/image\/|\.)/.test(line) ||
        line.includes(`execve("${trees}/t`) ||
        line.includes('program.sh"')),
  );
}

function execCount(trees: string): number {
  const names = readdirSync(trees).filter((name) => name.startsWith('trace-'));
  return names.reduce((sum, name) => sum + readFileSync(join(trees, name), 'latin1').split('execve(').length - 1, 0);
}

/** Everything in a folder: kind, mode, owner, times, content. */
function stateOf(top: string): string {
  const lines: string[] = [];
  const walk = (path: string) => {
    if (!existsSync(path) && !isLink(path)) return;
    const stat = lstatSync(path);
    const { mode, uid, gid, size, mtimeMs } = stat;
    const isFolder = stat.isDirectory();
    // Of a FIFO or a device that the making of a tree left there only the attributes are looked at.
    const content = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
    const what = stat.isSymbolicLink() ? readlinkSync(path) : content;
    lines.push(`${path} ${mode.toString(8)} ${uid}:${gid} ${size} ${mtimeMs} ${what}`);
    if (isFolder) for (const name of readdirSync(path).toSorted()) walk(join(path, name));
  };
  walk(top);
  return lines.join('\n');
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
