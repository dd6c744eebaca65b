import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostTrouble } from '#errors/host-trouble.js';
import type { Problem } from '#errors/problem.js';
import type { Host } from '#inventory/host.js';
import type { Connection, ConnectOptions, RemoteExec } from '#transport/connection.js';
import { fingerprint } from '#transport/fingerprint.js';
import { createSshTransport, defaultDeadlines, type SshTransportOptions } from '#transport/ssh-transport.js';
import { hostAt, makeKey, pkcs8Pem, type SshHost, type SshHostOptions, startBytes, startSshHost } from './ssh-host.js';

const patient: ConnectOptions = { signal: new AbortController().signal, onRetry: () => {} };
const userKey = makeKey();
let folder: string;
let keyFile: string;
let closers: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsync-ssh-'));
  keyFile = join(folder, 'key');
  await writeFile(keyFile, userKey.privateKey, { mode: 0o600 });
  closers = [];
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  await rm(folder, { recursive: true });
});

function transportWith(options: Partial<SshTransportOptions> = {}) {
  const transport = createSshTransport({
    home: folder,
    user: 'operator',
    agentSocket: null,
    knownHostsFiles: [join(folder, 'known_hosts')],
    acceptNewHostKeys: false,
    askPassphrase: null,
    deadlines: { ...defaultDeadlines, handshakeMs: 2_000, loginMs: 2_000, channelOpenMs: 500 },
    ...options,
  });
  closers.push(() => transport.close());
  return transport;
}

async function sshHost(options: SshHostOptions = {}, hostKey = makeKey()): Promise<SshHost> {
  const host = await startSshHost({ userKey: userKey.publicBlob, ...options }, hostKey);
  closers.push(() => host.close());
  return host;
}

const lineOf = (blob: Buffer, type = 'ssh-ed25519') => `${type} ${blob.toString('base64')}`;
const known = (host: SshHost, settings: Partial<Host['connection']> = {}) =>
  hostAt(host.port, { hostKeys: [lineOf(host.hostKey)], privateKeyFiles: [keyFile], ...settings });

async function connectTo(host: Host, options: Partial<SshTransportOptions> = {}): Promise<Connection> {
  const connection = await transportWith(options).connect(host, patient);
  closers.push(() => connection.close());
  return connection;
}

async function problemOf(action: Promise<unknown>): Promise<Problem> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostTrouble)) throw new Error(`no trouble with the host, but ${String(error)}`);
  return error.problem;
}

async function outputOf(exec: RemoteExec): Promise<string> {
  const chunks: Uint8Array[] = [];
  exec.onStdout((chunk) => chunks.push(chunk));
  exec.onStderr(() => {});
  exec.endInput();
  await exec.ended;
  return Buffer.concat(chunks).toString();
}

describe('a connection', () => {
  it('runs a command and gives its output and status', async () => {
    const connection = await connectTo(known(await sshHost()));
    const exec = await connection.exec('echo hello; exit 3');
    expect(await outputOf(exec)).toBe('hello\n');
    expect(await exec.ended).toEqual({ code: 3, signal: null });
  });

  it('runs several commands at once, each with its own input', async () => {
    const connection = await connectTo(known(await sshHost()));
    const execs = await Promise.all([1, 2, 3].map(() => connection.exec('cat')));
    execs.forEach((exec, i) => {
      exec.write(`input ${i}`);
    });
    expect(await Promise.all(execs.map(outputOf))).toEqual(['input 0', 'input 1', 'input 2']);
  });

  it('says why a command ended when the host refuses to run it', async () => {
    const connection = await connectTo(known(await sshHost({ refuseExec: true })));
    const exec = await connection.exec('true');
    expect((await exec.ended).problem?.code).toBe('transport/exec-refused');
  });

  it('does not wait for ever for a channel', async () => {
    const connection = await connectTo(known(await sshHost({ ignoreChannels: true })));
    const { code, detail } = await problemOf(connection.exec('true'));
    expect(code).toBe('transport/timeout');
    expect(detail).toContain('Waited 0.5 s for a channel');
  });

  it('says that the connection broke when the host closes it in the middle of a command', async () => {
    const host = await sshHost({ onExec: (_channel, _command, connection) => setTimeout(() => connection.end(), 20) });
    const exec = await (await connectTo(known(host))).exec('sleep 60');
    exec.onStdout(() => {});
    exec.onStderr(() => {});
    expect((await exec.ended).problem?.code).toBe('transport/connection-lost');
  });

  it('is given up when the operator leaves', async () => {
    const leave = new AbortController();
    const host = await sshHost({ onExec: () => {} });
    const connection = await transportWith().connect(known(host), { ...patient, signal: leave.signal });
    const exec = await connection.exec('sleep 60');
    exec.onStdout(() => {});
    exec.onStderr(() => {});
    leave.abort();
    expect((await exec.ended).problem?.code).toBe('transport/interrupted');
  });
});

describe('the key of a host', () => {
  it('is refused when it is not known, with its fingerprint', async () => {
    const host = await sshHost();
    const trouble = await problemOf(connectTo(known(host, { hostKeys: [] })));
    expect(trouble.code).toBe('transport/host-key-unknown');
    expect(trouble.detail).toContain(fingerprint(host.hostKey));
    expect(host.authentications).toEqual([]);
  });

  it('is kept when new keys are accepted, and asked for by nobody the next time', async () => {
    const host = await sshHost();
    const settings = known(host, { hostKeys: [] });
    await connectTo(settings, { acceptNewHostKeys: true });
    const [transport] = [transportWith()];
    await transport?.close();
    expect(await readFile(join(folder, 'known_hosts'), 'utf8')).toBe(
      `[127.0.0.1]:${host.port} ${lineOf(host.hostKey)}\n`,
    );
    await connectTo(settings);
  });

  it('is refused when it changed, even when new keys are accepted', async () => {
    const host = await sshHost();
    const other = makeKey().publicBlob;
    await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${host.port} ${lineOf(other)}\n`);
    const trouble = await problemOf(connectTo(known(host, { hostKeys: [] }), { acceptNewHostKeys: true }));
    expect(trouble.code).toBe('transport/host-key-changed');
    expect(trouble.detail).toContain(fingerprint(host.hostKey));
    expect(trouble.detail).toContain(fingerprint(other));
    expect(trouble.detail).toContain('known_hosts:1');
  });

  it('is refused when it is revoked, whatever else knows it', async () => {
    const host = await sshHost();
    await writeFile(join(folder, 'known_hosts'), `@revoked * ${lineOf(host.hostKey)}\n`);
    expect((await problemOf(connectTo(known(host)))).code).toBe('transport/host-key-revoked');
  });

  it('may be known by its fingerprint in the inventory', async () => {
    const host = await sshHost();
    await connectTo(known(host, { hostKeys: [fingerprint(host.hostKey)] }));
    const trouble = await problemOf(connectTo(known(host, { hostKeys: [`SHA256:${'A'.repeat(43)}`] })));
    expect(trouble.code).toBe('transport/host-key-changed');
  });

  it('is asked for again by the type that is known under a hashed name', async () => {
    const ecdsa = makeKey('ecdsa');
    const both = await sshHost({ server: { hostKeys: [makeKey().privateKey, ecdsa.privateKey] } });
    const { createHmac, randomBytes } = await import('node:crypto');
    const salt = randomBytes(20);
    const hash = createHmac('sha1', salt).update(`[127.0.0.1]:${both.port}`).digest('base64');
    const line = `|1|${salt.toString('base64')}|${hash} ${lineOf(ecdsa.publicBlob, 'ecdsa-sha2-nistp256')}\n`;
    await writeFile(join(folder, 'known_hosts'), line);
    await connectTo(known(both, { hostKeys: [] }));
  });

  it('known only through an authority says that certificates are not supported', async () => {
    const host = await sshHost();
    await writeFile(join(folder, 'known_hosts'), `@cert-authority * ${lineOf(makeKey().publicBlob)}\n`);
    expect((await problemOf(connectTo(known(host, { hostKeys: [] })))).code).toBe('transport/host-certificate');
  });
});

describe('logging in', () => {
  it('sends the signed request at once, and never asks whether a key would do', async () => {
    const host = await sshHost();
    await connectTo(known(host));
    expect(host.authentications).toEqual(['publickey signed']);
  });

  it.each(['ed25519', 'rsa', 'ecdsa'] as const)('works with an %s key', async (type) => {
    const key = makeKey(type);
    await writeFile(keyFile, key.privateKey);
    const host = await sshHost({ userKey: key.publicBlob });
    await connectTo(known(host));
    expect(host.authentications).toEqual(['publickey signed']);
  });

  it.each(['ed25519', 'rsa', 'ec'] as const)('works with a PKCS#8 key: %s', async (type) => {
    const { parseSigningKey } = await import('#transport/signing-key.js');
    const pem = pkcs8Pem(type, 'secret');
    const parsed = parseSigningKey(pem, 'k', 'secret');
    if (parsed.status !== 'key') throw new Error(parsed.status);
    await writeFile(keyFile, pem);
    const host = await sshHost({ userKey: parsed.key.key.getPublicSSH() });
    const asked: string[] = [];
    const askPassphrase = async (file: string) => {
      asked.push(file);
      return 'secret';
    };
    const transport = transportWith({ askPassphrase });
    const connections = await Promise.all([1, 2, 3].map(() => transport.connect(known(host), patient)));
    for (const connection of connections) connection.close();
    expect(asked).toEqual([keyFile]);
  });

  it('says that a key is encrypted when there is nobody to ask', async () => {
    await writeFile(keyFile, pkcs8Pem('ed25519', 'secret'));
    const trouble = await problemOf(connectTo(known(await sshHost())));
    expect(trouble.code).toBe('transport/no-key');
    expect(trouble.detail).toContain('encrypted');
  });

  it('names the keys that were tried and what the host allows', async () => {
    const host = await sshHost({ userKey: makeKey().publicBlob, methods: ['publickey', 'password'] });
    const trouble = await problemOf(connectTo(known(host)));
    expect(trouble.code).toBe('transport/auth-failed');
    expect(trouble.detail).toContain(`key ${keyFile}`);
    expect(trouble.detail).toContain('publickey, password');
  });

  it('says that a key was accepted where the host wants a password as well', async () => {
    const trouble = await problemOf(connectTo(known(await sshHost({ alsoWants: 'password' }))));
    expect(trouble.code).toBe('transport/auth-failed');
    expect(trouble.detail).toContain(`key ${keyFile} (accepted, but more is wanted). It allows: password.`);
  });

  it('passes on what the host says before it closes the connection', async () => {
    // As sshd of Debian 12 with pam_nologin, whose message comes as a banner.
    const host = await sshHost({ closesAtLogin: true, server: { banner: 'Back\u001b[2J at noon\r\n' } });
    const trouble = await problemOf(connectTo(known(host)));
    expect(trouble.code).toBe('transport/closed-early');
    expect(trouble.detail).toMatch(/ended during the login: .* The host said: Back\\x1b\[2J at noon$/);
  });

  it('finds the usual key files of the operator, and passes over those that are not there', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, '.ssh'));
    await writeFile(join(folder, '.ssh/id_rsa'), userKey.privateKey);
    await connectTo(known(await sshHost(), { privateKeyFiles: [] }));
  });

  it('uses the password where the host takes it', async () => {
    const host = await sshHost({ password: 'pw', methods: ['password'] });
    await connectTo(known(host, { privateKeyFiles: [], password: 'pw' }));
  });

  it('answers one hidden prompt with the password where the host does not take it directly', async () => {
    const host = await sshHost({ password: 'pw', methods: ['keyboard-interactive'] });
    await connectTo(known(host, { privateKeyFiles: [], password: 'pw' }));
    expect(host.authentications).toEqual(['password', 'keyboard-interactive']);
  });

  it('tries a wrong password once in the whole fleet', async () => {
    const hosts = await Promise.all(
      [1, 2, 3, 4].map(() => sshHost({ password: 'right', methods: ['password', 'keyboard-interactive'] })),
    );
    const transport = transportWith();
    const settings = { privateKeyFiles: [], password: 'wrong' };
    const problems = await Promise.all(
      hosts.map((host) => problemOf(transport.connect(known(host, settings), patient))),
    );
    expect(hosts.flatMap((host) => host.authentications)).toEqual(['password']);
    expect(problems.map(({ code }) => code).sort()).toEqual([
      'transport/auth-failed',
      'transport/login-not-tried',
      'transport/login-not-tried',
      'transport/login-not-tried',
    ]);
  });
});

describe('a host that cannot be reached', () => {
  it('refuses: the port is named', async () => {
    const bytes = await startBytes(() => {});
    bytes.close();
    const trouble = await problemOf(connectTo(hostAt(bytes.port)));
    expect(trouble.code).toBe('transport/refused');
    expect(trouble.detail).toContain(`127.0.0.1 port ${bytes.port}`);
  });

  it('has a name that nobody knows', async () => {
    const trouble = await problemOf(connectTo(hostAt(22, { address: 'no-such-host.invalid' })));
    expect(trouble.code).toBe('transport/dns');
  });

  it('says nothing: the handshake has a deadline', async () => {
    const bytes = await startBytes(() => {});
    closers.push(() => bytes.close());
    const trouble = await problemOf(connectTo(hostAt(bytes.port)));
    expect(trouble.code).toBe('transport/timeout');
    expect(trouble.detail).toContain('Waited 2 s for the SSH handshake');
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.end()],
    ['closes after its name', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ])('%s', async (_title, onSocket) => {
    const bytes = await startBytes(onSocket);
    closers.push(() => bytes.close());
    expect((await problemOf(connectTo(hostAt(bytes.port)))).code).toBe('transport/closed-early');
  });

  it.each([
    ['closes it', (socket: Socket) => socket.end()],
    ['resets it', (socket: Socket) => socket.resetAndDestroy()],
    ['says nothing', () => {}],
  ])('%s the first time, as a busy sshd does, and is tried again once', async (_title, drop) => {
    const host = await sshHost();
    const dropping = await startDropping(host.port, 1, drop);
    const heard: string[] = [];
    const at = hostAt(dropping.port, { hostKeys: [lineOf(host.hostKey)], privateKeyFiles: [keyFile] });
    const connection = await transportWith().connect(at, {
      ...patient,
      onRetry: (problem) => heard.push(problem.code),
    });
    connection.close();
    expect(dropping.count()).toBe(2);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatch(/^transport\/(closed-early|timeout)$/);
  });

  it('closes every time: it is tried twice, not for ever', async () => {
    const dropping = await startDropping(1, 10, (socket) => socket.end());
    expect((await problemOf(connectTo(hostAt(dropping.port)))).code).toBe('transport/closed-early');
    expect(dropping.count()).toBe(2);
  });

  it('has another key, or lets nobody in: once is enough', async () => {
    const host = await sshHost();
    const counting = await startDropping(host.port, 0, () => {});
    const other = hostAt(counting.port, { hostKeys: [lineOf(makeKey().publicBlob)], privateKeyFiles: [keyFile] });
    expect((await problemOf(connectTo(other))).code).toBe('transport/host-key-changed');
    await writeFile(join(folder, 'other'), makeKey().privateKey, { mode: 0o600 });
    const nobody = hostAt(counting.port, {
      hostKeys: [lineOf(host.hostKey)],
      privateKeyFiles: [join(folder, 'other')],
    });
    expect((await problemOf(connectTo(nobody))).code).toBe('transport/auth-failed');
    expect(counting.count()).toBe(2);
  });

  it('is left in the pause before it is tried again when the operator leaves', async () => {
    const leaving = new AbortController();
    const dropping = await startDropping(1, 10, (socket) => socket.end());
    const deadlines = { ...defaultDeadlines, retryAfterMs: 60_000 };
    const at = hostAt(dropping.port);
    const trouble = problemOf(
      transportWith({ deadlines }).connect(at, { signal: leaving.signal, onRetry: () => leaving.abort() }),
    );
    expect((await trouble).code).toBe('transport/interrupted');
    expect(dropping.count()).toBe(1);
  });

  /** Drops the first connections, and passes the others on to a port of this machine. */
  async function startDropping(port: number, drops: number, drop: (socket: Socket) => void) {
    let count = 0;
    const bytes = await startBytes((socket) => {
      count += 1;
      if (count <= drops) {
        drop(socket);
        return;
      }
      const on = connectSocket(port, '127.0.0.1');
      on.on('error', () => socket.destroy());
      socket.on('close', () => on.destroy());
      socket.pipe(on).pipe(socket);
    });
    closers.push(() => bytes.close());
    return { port: bytes.port, count: () => count };
  }

  it.each([
    ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(2_000)],
    ['sends escape sequences', '\u001b[2J\u001b]0;owned\u0007'.repeat(10_000)],
    ['greets without end', 'Welcome\r\n'.repeat(100_000)],
    ['claims SSH and sends noise', `SSH-2.0-evil\r\n${'\u0000\u0001\u0002\u0003\u00ff'.repeat(5_000)}`],
  ])('%s: a clear and printable problem', async (_title, text) => {
    const bytes = await startBytes((socket) => socket.write(text));
    closers.push(() => bytes.close());
    const trouble = await problemOf(connectTo(hostAt(bytes.port)));
    expect(trouble.code).toMatch(/^transport\/(handshake|timeout|closed-early)$/);
    expect(trouble.detail).not.toMatch(/[\u0000-\u001f\u007f]/);
  });

  it('knows only old algorithms: they are named, and legacy brings them back', async () => {
    const old = { kex: ['diffie-hellman-group14-sha1' as const] };
    const host = await sshHost({ server: { algorithms: old } });
    const trouble = await problemOf(connectTo(known(host)));
    expect(trouble.code).toBe('transport/handshake');
    expect(trouble.detail).toContain('diffie-hellman-group14-sha1');
    expect(trouble.hint).toContain('legacy');
    await connectTo(known(host, { legacy: true }));
  });
});
