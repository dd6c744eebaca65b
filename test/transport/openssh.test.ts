import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '#conversation/frames.js';
import { measureClock } from '#conversation/measure-clock.js';
import { loadPrograms } from '#engine/programs.js';
import type { ConnectOptions } from '#transport/connection.js';
import { converse, defaultClockAsking } from '#transport/converse.js';
import { PrivilegeGate } from '#transport/privilege-gate.js';
import { createSshTransport, defaultDeadlines, type SshTransportOptions } from '#transport/ssh-transport.js';
import { type Relay, startRelay } from '../../scripts/relay.mjs';
import { hostAt } from './ssh-host.js';
import { type Sshd, sshdPath, startSshd } from './sshd.js';

const run = promisify(execFile);
const { conversation: library } = loadPrograms().texts;
const program = `${library}
main() { read_parameters "$@"; clock_exchanges; section uname uname -a; section_file /etc/os-release; done_frame; }
main "$@"
`;

/** Needs OpenSSH's server (Debian: openssh-server); without it nothing here is tested, and the report says so. */
describe.skipIf(sshdPath === null)('with the sshd of OpenSSH', () => {
  let sshd: Sshd;
  const patient: ConnectOptions = { signal: new AbortController().signal, onRetry: () => {} };

  beforeAll(async () => {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  function transportWith(options: Partial<SshTransportOptions> = {}) {
    return createSshTransport({
      home: sshd.folder,
      user: sshd.user,
      agentSocket: null,
      knownHostsFiles: [],
      acceptNewHostKeys: false,
      askPassphrase: null,
      deadlines: defaultDeadlines,
      ...options,
    });
  }

  const hostOf = (port: number, keyFiles = [sshd.userKeyFile]) =>
    hostAt(port, { user: null, hostKeys: [sshd.hostKey], privateKeyFiles: keyFiles });

  async function talk(port: number, options: Partial<SshTransportOptions> = {}, keyFiles = [sshd.userKeyFile]) {
    const frames: Frame[] = [];
    const connection = await transportWith(options).connect(hostOf(port, keyFiles), patient);
    const conversed = await converse(connection, {
      host: 'web01',
      marks: { token: '0'.repeat(32), nonce: '00112233445566778899aabbccddeeff', prompt: '1'.repeat(32) },
      kind: 'probe',
      program: new TextEncoder().encode(program),
      parameters: [],
      become: null,
      privilege: new PrivilegeGate(),
      deadlines: { readyMs: 20_000, silenceMs: 30_000, totalMs: 180_000 },
      maxBytes: 1_000_000,
      clock: defaultClockAsking,
      monotonicMs: () => performance.now(),
      nowSeconds: () => Date.now() / 1000,
      onFrame: (frame) => frames.push(frame),
    });
    connection.close();
    return { conversed, frames };
  }

  it('holds a whole conversation', async () => {
    const { conversed, frames } = await talk(sshd.port);
    expect(frames.map((frame) => frame.type).join(' ')).toMatch(/^ready clock( time)+ section section done$/);
    const measured = measureClock(conversed.exchanges, conversed.resolutionSeconds ?? 0);
    expect(Math.abs(measured?.offsetSeconds ?? 1)).toBeLessThanOrEqual((measured?.boundSeconds ?? 0) + 0.002);
  });

  it('measures the clock within half of a long line, however long it is', async () => {
    const relay = await startRelay({ port: sshd.port, delayMs: 60 });
    const { conversed } = await talk(relay.port);
    relay.close();
    const measured = measureClock(conversed.exchanges, conversed.resolutionSeconds ?? 0);
    expect(measured?.exchanges).toBeGreaterThanOrEqual(3);
    expect(measured?.boundSeconds).toBeGreaterThan(0.055);
    expect(measured?.boundSeconds).toBeLessThan(0.12);
    expect(Math.abs(measured?.offsetSeconds ?? 1)).toBeLessThanOrEqual(measured?.boundSeconds ?? 0);
  });

  it('logs in with an agent, and then again with the key that was taken', async () => {
    const socket = join(sshd.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      for (const name of ['other1', 'other2']) {
        await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(sshd.folder, name)]);
        await run('ssh-add', ['-q', join(sshd.folder, name)], { env });
      }
      await run('ssh-add', ['-q', sshd.userKeyFile], { env });
      const transport = transportWith({ agentSocket: socket });
      for (let i = 0; i < 2; i++) {
        const before = sshd.log().length;
        const connection = await transport.connect(hostOf(sshd.port, []), patient);
        connection.close();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const failed =
          sshd
            .log()
            .slice(before)
            .match(/Failed publickey/g)?.length ?? 0;
        expect(failed).toBe(0);
      }
    } finally {
      agent.kill();
    }
  });

  it('opens an encrypted key file through the agent that holds it', async () => {
    const socket = join(sshd.folder, 'agent2');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await run('ssh-add', ['-q', sshd.userKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      const locked = join(sshd.folder, 'locked');
      writeFileSync(locked, readFileSync(sshd.userKeyFile), { mode: 0o600 });
      writeFileSync(`${locked}.pub`, readFileSync(`${sshd.userKeyFile}.pub`));
      await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', locked]);
      const { conversed } = await talk(sshd.port, { agentSocket: socket }, [locked]);
      expect(conversed.end).toBe('done');
    } finally {
      agent.kill();
    }
  });

  it('tries a key once that is in the agent and in its usual file', async () => {
    const socket = join(sshd.folder, 'agent4');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const home = join(sshd.folder, 'home');
    mkdirSync(join(home, '.ssh'), { recursive: true });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const usual = join(home, '.ssh/id_ed25519');
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', usual]);
      await run('ssh-add', ['-q', usual], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      await expect(talk(sshd.port, { agentSocket: socket, home }, [])).rejects.toMatchObject({
        problem: { code: 'transport/auth-failed', detail: expect.stringMatching(/: key agent: [^,]*\. It allows/) },
      });
    } finally {
      agent.kill();
    }
  });

  it('takes the one key of an agent whose public half is named, so that MaxAuthTries is not used up', async () => {
    const socket = join(sshd.folder, 'agent3');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      for (const name of ['many1', 'many2', 'many3', 'many4', 'many5', 'many6', 'many7']) {
        await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(sshd.folder, name)]);
        await run('ssh-add', ['-q', join(sshd.folder, name)], { env });
      }
      await run('ssh-add', ['-q', sshd.userKeyFile], { env });
      const alone = join(sshd.folder, 'alone');
      writeFileSync(`${alone}.pub`, readFileSync(`${sshd.userKeyFile}.pub`));
      for (const named of [alone, `${alone}.pub`]) {
        const { conversed } = await talk(sshd.port, { agentSocket: socket }, [named]);
        expect(conversed.end).toBe('done');
      }
      await expect(talk(sshd.port, { agentSocket: socket }, [])).rejects.toMatchObject({
        problem: {
          code: 'transport/closed-early',
          detail: expect.stringContaining('Too many authentication failures'),
        },
      });
    } finally {
      agent.kill();
    }
  });

  it('takes no group that a host chooses, whose test would hold up all other hosts, where it has another', async () => {
    const exchange = 'diffie-hellman-group-exchange-sha256';
    const only = await startSshd([`KexAlgorithms ${exchange}`]);
    const both = await startSshd([`KexAlgorithms ${exchange},diffie-hellman-group14-sha256`]);
    const at = ({ port, hostKey, userKeyFile }: Sshd) =>
      hostAt(port, { user: null, hostKeys: [hostKey], privateKeyFiles: [userKeyFile] });
    try {
      await expect(transportWith().connect(at(only), patient)).rejects.toMatchObject({
        problem: { code: 'transport/handshake', detail: expect.stringContaining(exchange) },
      });
      (await transportWith().connect(at(both), patient)).close();
    } finally {
      await Promise.all([only.stop(), both.stop()]);
    }
  });

  it('needs fewer turnarounds than the client of OpenSSH', async () => {
    const relay = await startRelay({ port: sshd.port, delayMs: 40 });
    const ours = await turnsOfOurs(relay);
    const theirs = await turnsOfOpenSsh(relay);
    relay.close();
    console.info(`turnarounds to the first output of a command: tsync ${ours}, ssh ${theirs}`);
    expect(ours).toBeLessThan(theirs);
    expect(ours).toBeLessThanOrEqual(12);
  });

  async function turnsOfOurs(relay: Relay): Promise<number> {
    relay.reset();
    const connection = await transportWith().connect(hostOf(relay.port), patient);
    const exec = await connection.exec('read line; echo "$line"');
    exec.write('hello\n');
    const turns = await new Promise<number>((resolve) => exec.onStdout(() => resolve(relay.turns)));
    connection.close();
    return turns;
  }

  function turnsOfOpenSsh(relay: Relay): Promise<number> {
    relay.reset();
    const child = spawn('ssh', [
      ...['-F', 'none', '-i', sshd.userKeyFile, '-o', 'IdentitiesOnly=yes', '-o', 'KexAlgorithms=curve25519-sha256'],
      ...['-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=ERROR'],
      ...['-p', String(relay.port), '127.0.0.1', 'read line; echo "$line"'],
    ]);
    child.stdin.end('hello\n');
    return new Promise((resolve) => child.stdout.on('data', () => resolve(relay.turns)));
  }
});
