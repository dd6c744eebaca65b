import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyAt } from '#demo/keys.js';
import { WAYS } from './ways.js';

const MIB = 1024 * 1024;
const HOSTS = 50;
const top = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsync-hostile-'));
const inventory = join(folder, 'inventory.yaml');
const ways = Object.keys(WAYS);
const started: ChildProcess[] = [];

interface Place {
  readonly port: number;
  readonly key: string;
}

beforeAll(async () => {
  await keyAt(join(folder, 'client'));
  const [good, hostile] = await Promise.all([play('good'), play('hostile')]);
  writeFileSync(inventory, inventoryText(good, hostile));
}, 60_000);

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(file: string, ...args: readonly string[]): ChildProcess {
  const env = {
    ...process.env,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  const child = spawn(process.execPath, [...args.slice(0, -1), file, ...(args.at(-1)?.split(' ') ?? [])], {
    env: { ...env, SSH_AUTH_SOCK: '', NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

/** Starts the process that plays these hosts. */
async function play(kind: 'good' | 'hostile'): Promise<Place> {
  const child = run(
    join(top, 'test/hostile/hosts.ts'),
    '--import',
    join(top, 'test/store/typescript-hooks.mjs'),
    `${kind} ${folder}`,
  );
  child.stderr?.pipe(process.stderr);
  for await (const line of linesOf(child)) return JSON.parse(line) as Place;
  throw new Error(`the ${kind} hosts did not start`);
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  if (child.stdout === null) throw new Error('a child without an output');
  return createInterface({ input: child.stdout });
}

function inventoryText(good: Place, hostile: Place): string {
  const numbers = Array.from({ length: HOSTS }, (_, at) => at);
  const host = (name: string, place: Place, user: string) =>
    [
      `    ${name}:`,
      `      ansible_port: ${place.port}`,
      `      ansible_user: ${user}`,
      `      host_key: ${place.key}`,
    ].join('\n');
  return [
    'all:',
    '  vars:',
    '    ansible_host: 127.0.0.1',
    `    ansible_ssh_private_key_file: ${join(folder, 'client')}`,
    `    tsync_root: ${join(folder, 'hosts/web01/root')}`,
    `    tsync_bin: ${join(folder, 'hosts/web01/bin')}`,
    '  hosts:',
    ...numbers.map((at) => host(`bad-${at}-${ways[at % ways.length]}`, hostile, ways[at % ways.length] ?? '')),
    ...numbers.map((at) => host(`good-${at}`, good, 'ops')),
    '',
  ].join('\n');
}

/** One audit of all: the hostile hosts side by side, and the good ones beside them, a few at a time; `onEvent` sees each event as it is printed. */
async function audit(onEvent: (event: { type: string; host?: string; outcome?: string }, child: ChildProcess) => void) {
  const watch = join(top, 'test/hostile/watch-loop.mjs');
  const child = run(join(top, 'bin/tsync.js'), '--import', watch, `audit ${inventory} --jsonl --forks ${HOSTS + 8}`);
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid ?? 0));
  }, 100);
  for await (const line of linesOf(child)) onEvent(JSON.parse(line), child);
  clearInterval(timer);
  await ended;
  return { peakBytes, said: said.join('') };
}

/** The most memory that a process ever had, in bytes. */
function peakOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

describe.skipIf(process.platform !== 'linux' || !existsSync(join(top, 'dist')))('beside 50 hostile hosts', () => {
  it('every good host is done, in bounded memory, and nobody keeps the others waiting', {
    timeout: 400_000,
  }, async () => {
    const good = new Map<string, string>();
    const { peakBytes, said } = await audit((event, child) => {
      if (event.type === 'host-finished' && event.host?.startsWith('good-')) good.set(event.host, event.outcome ?? '');
      // the hostile ones would take their whole time
      if (event.type === 'host-finished' && good.size === HOSTS) child.kill('SIGINT');
      if (event.type === 'run-interrupted') child.kill('SIGINT');
    });
    const longest = Number(/^longest round (\d+) ms$/m.exec(said)?.[1]);
    console.info(`at most ${Math.round(peakBytes / MIB)} MiB, and ${longest} ms of processor time without a turn`);
    expect([...good.values()].filter((outcome) => outcome === 'drifted' || outcome === 'in-sync')).toHaveLength(HOSTS);
    expect(peakBytes).toBeLessThan(600 * MIB);
    expect(longest).toBeLessThan(200);
  });

  it('a Ctrl-C is answered within 200 ms while they flood', { timeout: 120_000 }, async () => {
    let finished = 0;
    let [sentMs, answeredMs] = [0, 0];
    const { said } = await audit((event, child) => {
      if (event.type === 'host-finished' && ++finished === 5) {
        sentMs = performance.now();
        child.kill('SIGINT');
      }
      if (event.type !== 'run-interrupted') return;
      answeredMs ||= performance.now();
      child.kill('SIGINT');
    });
    const longest = Number(/^longest round (\d+) ms$/m.exec(said)?.[1]);
    console.info(`answered after ${Math.round(answeredMs - sentMs)} ms; ${longest} ms without a turn`);
    expect(answeredMs).toBeGreaterThan(0);
    expect(longest).toBeLessThan(200);
    // Where others want the processors too, the clock tells of them.
    const isBusy = (loadavg()[0] ?? 0) > 2 * availableParallelism();
    if (!isBusy) expect(answeredMs - sentMs).toBeLessThan(200);
  });
});
