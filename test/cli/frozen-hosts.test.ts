import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '#demo/start-demo.js';
import { type Freezer, startFreezer } from '../transport/freezer.js';
import { makeKey, type SshHostOptions, startBytes, startSshHost } from '../transport/ssh-host.js';
import { sshdPath, startSshd } from '../transport/sshd.js';

// The built tsync in a process of its own, and hosts that freeze at every stage: what is measured is when the process ends after
// the last that it printed, from outside.

const LEAVES_WITHIN_MS = 5_000;
// Of a machine that does much beside. Ten times less is usual.
const HEARS_WITHIN_MS = 5_000;

const top = mkdtempSync(join(tmpdir(), 'tsync-frozen-'));
const closers: (() => unknown)[] = [];
const userKey = makeKey();
let demo: Demo;

beforeAll(async () => {
  mkdirSync(join(top, 'home/.ssh'), { recursive: true, mode: 0o700 });
  demo = await startDemo({ folder: join(top, 'demo'), fresh: false });
  closers.push(() => demo.close());
  writeFileSync(join(top, 'key'), userKey.privateKey, { mode: 0o600 });
  copyFileSync(demo.privateKeyFile, join(top, 'home/.ssh/id_ed25519'));
}, 60_000);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
  rmSync(top, { recursive: true, force: true });
}, 60_000);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the last byte that was printed until the process was gone. */
  readonly leftAfterMs: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when both outputs together match. */
  printed(pattern: RegExp, count?: number): Promise<void>;
}

let stores = 0;

function tsync(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../bin/tsync.js', import.meta.url)), ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: join(top, 'home'),
      XDG_STATE_HOME: join(top, `state${stores++}`),
      XDG_CACHE_HOME: join(top, 'cache'),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let lastMs = performance.now();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    lastMs = performance.now();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    lastMs = performance.now();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('exit', (code) => {
      const leftAfterMs = performance.now() - lastMs;
      child.once('close', () => resolve({ code, stdout, stderr, leftAfterMs }));
    });
  });
  closers.push(() => child.kill('SIGKILL'));
  const printed = (pattern: RegExp, count = 1) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (((stdout + stderr).match(new RegExp(pattern, 'g')) ?? []).length >= count) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then(() => reject(new Error(`tsync ended before it printed ${pattern}:\n${stdout}\n${stderr}`)));
      look();
    });
  return { child, ended, printed };
}

const waited = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An ssh2 server behind a freezer. */
async function frozenHost(options: (freezer: () => Freezer) => SshHostOptions): Promise<string> {
  let freezer: Freezer | null = null;
  const host = await startSshHost({
    userKey: userKey.publicBlob,
    ...options(() => {
      if (freezer === null) throw new Error('nothing was frozen');
      return freezer;
    }),
  });
  freezer = await startFreezer(host.port);
  closers.push(
    () => host.close(),
    () => freezer?.close(),
  );
  return entry(freezer.port, `ssh-ed25519 ${host.hostKey.toString('base64')}`);
}

const entry = (port: number, hostKey: string, more: readonly string[] = []) =>
  [`ansible_port: ${port}`, `host_key: ${JSON.stringify(hostKey)}`, ...more].join(', ');

const tokenOf = (command: string) => / tsync '?([0-9a-f]{32})/.exec(command)?.[1] ?? '';

/** The shell is there, a section is begun, and that is all: what the program would have printed, and `word` of the protocol. */
function beginProgram(channel: ServerChannel, command: string): void {
  channel.write(`\n@${tokenOf(command)} ready ${/ready (\d)/.exec(command)?.[1] ?? '1'}\n`);
}

/** Hosts that freeze, by the stage at which they do; every value is a flow mapping's inside. */
async function hostsByStage(): Promise<Record<string, string>> {
  const anyKey = `ssh-ed25519 ${makeKey().publicBlob.toString('base64')}`;
  const silent = await startBytes(() => {});
  const named = await startBytes((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
  closers.push(
    () => silent.close(),
    () => named.close(),
  );
  return {
    tcp: entry(silent.port, anyKey),
    version: entry(named.port, anyKey),
    kex: await frozenHost((freezer) => ({ onHandshake: () => freezer().freeze() })),
    login: await frozenHost((freezer) => ({ onAuthentication: () => freezer().freeze() })),
    channel: await frozenHost((freezer) => ({ ignoreChannels: true, onSession: () => freezer().freeze() })),
    shell: await frozenHost((freezer) => ({ onExec: () => void waited(100).then(() => freezer().freeze()) })),
    sudo: `${await frozenHost((freezer) => ({
      onExec: () => void waited(100).then(() => freezer().freeze()),
    }))}, ansible_become: true, ansible_become_password: secret`,
    gate: `${await frozenHost((freezer) => ({
      onExec: () => void waited(100).then(() => freezer().freeze()),
    }))}, ansible_become: true, ansible_become_password: secret`,
    program: await frozenHost((freezer) => ({
      onExec: (channel, command) => {
        beginProgram(channel, command);
        void waited(100).then(() => freezer().freeze());
      },
    })),
  };
}

function inventory(name: string, hosts: Readonly<Record<string, string>>): string {
  const file = join(top, `${name}.yaml`);
  const lines = Object.entries(hosts).map(([host, inside]) => `    ${host}: {${inside}}`);
  writeFileSync(
    file,
    [
      'all:',
      '  vars: {ansible_host: 127.0.0.1, ansible_user: ops}',
      '  hosts:',
      ...lines.map((line) =>
        line.includes('ansible_ssh_private_key_file') || line.includes('no_key')
          ? line.replace(', no_key', '')
          : line.replace(/\}$/, `, ansible_ssh_private_key_file: ${join(top, 'key')}}`),
      ),
      '',
    ].join('\n'),
  );
  return file;
}

/** The demo's inventory with another port for a host. */
function demoBehind(ports: Readonly<Record<string, number>>): string {
  let text = readFileSync(demo.inventoryFile, 'utf8');
  for (const [host, port] of Object.entries(ports)) {
    const pattern = new RegExp(`(\\n +${host}:\\n +ansible_port: )\\d+`);
    expect(text).toMatch(pattern);
    text = text.replace(pattern, `$1${port}`);
  }
  const file = join(top, `demo-${Object.keys(ports).join('-')}.yaml`);
  writeFileSync(file, text);
  return file;
}

const demoPort = (host: string) =>
  Number(new RegExp(`\\n +${host}:\\n +ansible_port: (\\d+)`).exec(readFileSync(demo.inventoryFile, 'utf8'))?.[1]);

/** The children of a process, and theirs. */
function descendants(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  const children = stdout
    .split('\n')
    .map(Number)
    .filter((child) => child > 0);
  return [...children, ...children.flatMap(descendants)];
}

/** False: it has ended. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

describe.concurrent('hosts that freeze', () => {
  it('at any stage of an audit: each is told with its stage, and the process ends', { timeout: 240_000 }, async () => {
    const file = inventory('audit', await hostsByStage());
    const { code, stdout, leftAfterMs } = await tsync(['audit', file, '--json', '--no-store']).ended;
    expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
    const hosts = (JSON.parse(stdout) as { hosts: { host: string; problem: { code: string; detail: string } }[] })
      .hosts;
    const codes = Object.fromEntries(hosts.map(({ host, problem }) => [host, problem.code]));
    expect(codes).toEqual({
      tcp: 'transport/timeout',
      version: 'transport/timeout',
      kex: 'transport/timeout',
      login: 'transport/timeout',
      channel: 'transport/timeout',
      shell: 'transport/no-shell',
      sudo: 'privilege/timeout',
      gate: 'privilege/timeout',
      program: 'transport/silent',
    });
    for (const { problem } of hosts) expect(problem.detail).toMatch(/Waited \d+ s for /);
    expect(code).toBe(3);
  });

  it('at any stage: Ctrl-C is heard at once, and once more lets go of all of them', { timeout: 240_000 }, async () => {
    const hosts = await hostsByStage();
    const audit = tsync(['audit', inventory('interrupted', hosts), '--jsonl', '--no-store']);
    await audit.printed(/"type":"host-connecting"/, Object.keys(hosts).length);
    await waited(3_000);
    for (const word of [/interrupted: no further host/, /interrupted again/]) {
      const sentMs = performance.now();
      audit.child.kill('SIGINT');
      await audit.printed(word);
      expect(performance.now() - sentMs).toBeLessThan(HEARS_WITHIN_MS);
    }
    const { stdout, leftAfterMs } = await audit.ended;
    expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
    const ends = stdout.split('\n').filter((line) => line.includes('"type":"host-finished"'));
    expect(ends.filter((line) => line.includes('"transport/interrupted"'))).toHaveLength(Object.keys(hosts).length);
  });

  it('after the program is done, beside an agent that takes questions and is silent', {
    timeout: 240_000,
  }, async () => {
    const freezer = await startFreezer(demoPort('web01'), { hidesEnd: true });
    const agentPath = join(top, 'agent');
    const agent = createServer(() => {});
    await new Promise<void>((resolve) => agent.listen(agentPath, resolve));
    closers.push(
      () => freezer.close(),
      () => agent.close(),
    );
    const file = demoBehind({ web01: freezer.port });
    // Without a key file of its own the host is logged in to with the agent's keys first, then the operator's.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n +ansible_ssh_private_key_file: .*/, ''));
    const { stdout, leftAfterMs } = await tsync(['audit', file, '-l', 'web01', '--json', '--no-store'], {
      SSH_AUTH_SOCK: agentPath,
    }).ended;
    expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ host: 'web01', problem: null }] });
    expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
  });

  it.skipIf(sshdPath === null)(
    'as sshd does that is stopped in the middle, or before',
    { timeout: 240_000 },
    async () => {
      const [midway, before] = await Promise.all([startSshd(['LogLevel VERBOSE']), startSshd()]);
      const pidOf = (folder: string) => Number(readFileSync(join(folder, 'pid'), 'utf8'));
      const stopped = new Set<number>([pidOf(before.folder)]);
      process.kill(pidOf(before.folder), 'SIGSTOP');
      closers.push(
        () => midway.stop(),
        () => before.stop(),
        () => {
          for (const pid of stopped) signalled(pid, 'SIGCONT');
        },
      );
      const ofUser = ({ port, hostKey, user, userKeyFile }: typeof midway) =>
        `${entry(port, hostKey)}, ansible_user: ${user}, ansible_ssh_private_key_file: ${userKeyFile}`;
      const audit = tsync([
        'audit',
        inventory('sshd', { midway: ofUser(midway), before: ofUser(before) }),
        '--json',
        '--no-store',
      ]);
      while (!midway.log().includes('Starting session')) await waited(5);
      for (const pid of descendants(pidOf(midway.folder))) {
        if (signalled(pid, 'SIGSTOP')) stopped.add(pid);
      }
      const { stdout, leftAfterMs } = await audit.ended;
      expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
      const [first, second] = (JSON.parse(stdout) as { hosts: { problem: { code: string } }[] }).hosts;
      expect(first?.problem.code).toMatch(/^transport\/(silent|no-shell)$/);
      expect(second?.problem.code).toBe('transport/timeout');
    },
  );

  it('in the middle of a change, and while it is proved: two Ctrl-C leave it to its guard', {
    timeout: 240_000,
  }, async () => {
    const changing = await startFreezer(demoPort('db01'));
    const proving = await startFreezer(demoPort('api01'));
    closers.push(
      () => changing.close(),
      () => proving.close(),
    );
    const file = demoBehind({ db01: changing.port, api01: proving.port });
    const run = tsync(['run', file, '-l', 'db01:api01', '--yes', '--jsonl', '--no-preflight']);
    void run.printed(/"type":"apply-step","host":"db01"/).then(() => changing.freeze());
    await run.printed(/"type":"host-applied","host":"api01"/);
    proving.freeze();
    await waited(500);
    for (const word of [/interrupted: no further host/, /interrupted again/]) {
      const sentMs = performance.now();
      run.child.kill('SIGTERM');
      await run.printed(word);
      expect(performance.now() - sentMs).toBeLessThan(HEARS_WITHIN_MS);
      await waited(1_100);
    }
    const { code, leftAfterMs } = await run.ended;
    expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
    expect(code).toBe(6);
  });

  it('in the middle of a rollback', { timeout: 240_000 }, async () => {
    const store = { XDG_STATE_HOME: join(top, 'kept') };
    const freezer = await startFreezer(demoPort('erp01'));
    closers.push(() => freezer.close());
    const file = demoBehind({ erp01: freezer.port });
    const run = await tsync(['run', file, '-l', 'erp01', '--yes', '--json', '--no-preflight'], store).ended;
    expect(run.code).toBe(0);
    const rollback = tsync(['rollback', 'latest', '-i', file, '--yes', '--jsonl'], store);
    await rollback.printed(/"type":"apply-step"/);
    freezer.freeze();
    for (const word of [/interrupted: no further host/, /interrupted again/]) {
      rollback.child.kill('SIGINT');
      await rollback.printed(word);
    }
    const { code, leftAfterMs } = await rollback.ended;
    expect(leftAfterMs).toBeLessThan(LEAVES_WITHIN_MS);
    expect(code).toBe(6);
  });
});
