import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel, Connection as ServerConnection } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectOptions } from '#transport/connection.js';
import { defaultFloodBounds, type FloodBounds } from '#transport/flood-watch.js';
import { KeyAgent } from '#transport/key-agent.js';
import { KeyRing } from '#transport/key-ring.js';
import { Login } from '#transport/login.js';
import { PrivilegeGate } from '#transport/privilege-gate.js';
import { createSshTransport, defaultDeadlines } from '#transport/ssh-transport.js';
import { startFreezer } from './freezer.js';
import { hostAt, makeKey, type SshHostOptions, startSshHost } from './ssh-host.js';

const userKey = makeKey();
const patient: ConnectOptions = { signal: new AbortController().signal, onRetry: () => {} };
let folder: string;
let closers: (() => unknown)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync-hostile-'));
  writeFileSync(join(folder, 'key'), userKey.privateKey, { mode: 0o600 });
  closers = [];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  rmSync(folder, { recursive: true });
});

async function connectTo(options: SshHostOptions, bounds: Partial<FloodBounds> = {}, through?: 'freezer') {
  const host = await startSshHost({ userKey: userKey.publicBlob, ...options });
  const freezer = through === undefined ? null : await startFreezer(host.port);
  const transport = createSshTransport({
    home: folder,
    user: 'operator',
    agentSocket: null,
    knownHostsFiles: [],
    acceptNewHostKeys: false,
    askPassphrase: null,
    deadlines: defaultDeadlines,
    floodBounds: { ...defaultFloodBounds, ...bounds },
  });
  const at = hostAt(freezer?.port ?? host.port, {
    hostKeys: [`ssh-ed25519 ${host.hostKey.toString('base64')}`],
    privateKeyFiles: [join(folder, 'key')],
  });
  closers.push(
    () => host.close(),
    () => freezer?.close(),
    () => transport.close(),
  );
  const connection = await transport.connect(at, patient);
  closers.push(() => connection.close());
  return { connection, freezer };
}

/** What a server may send beside the conversation, through ssh2's own objects. */
interface ServerInternals {
  readonly _protocol: {
    ping(): void;
    rekey(): void;
    forwardedTcpip(id: number, window: number, packet: number, about: object): void;
  };
}

const internals = (connection: ServerConnection) => (connection as unknown as ServerInternals)._protocol;

async function problemOf(options: SshHostOptions, bounds: Partial<FloodBounds> = {}) {
  const { connection } = await connectTo(options, bounds);
  const exec = await connection.exec('true');
  exec.onStdout(() => {});
  exec.onStderr(() => {});
  return (await exec.ended).problem ?? null;
}

const repeated = (times: number, act: (index: number) => void) => {
  for (let index = 0; index < times; index++) act(index);
};

describe('a host that keeps this machine busy is cut off', () => {
  it.each<[string, RegExp, SshHostOptions['onExec']]>([
    [
      'global requests',
      /sent requests on and on/,
      (_channel, _command, host) => repeated(400, () => internals(host).ping()),
    ],
    [
      'channels of its own',
      /sent requests on and on/,
      (_channel, _command, host) =>
        repeated(400, (id) => {
          const about = { boundAddr: 'a', boundPort: 1, remoteAddr: 'b', remotePort: 2 };
          internals(host).forwardedTcpip(id + 10, 1024, 1024, about);
        }),
    ],
    [
      'exchanges of keys',
      /exchanged keys on and on/,
      (_channel, _command, host) => {
        const again = () => internals(host).rekey();
        host.on('rekey', () => setTimeout(again, 1));
        again();
      },
    ],
  ])('by %s', async (_title, detail, onExec) => {
    const problem = await problemOf({ ...(onExec && { onExec }) });
    expect(problem).toMatchObject({ code: 'transport/flood', detail: expect.stringMatching(detail) });
  });

  it('by bytes without end', async () => {
    const onExec = (channel: ServerChannel) => {
      const more = () => {
        while (channel.writable && channel.stderr.write(Buffer.alloc(32_768)));
        if (channel.writable) channel.once('drain', more);
      };
      more();
    };
    const problem = await problemOf({ onExec }, { received: { atOnce: 500_000, aSecond: 1 } });
    expect(problem).toMatchObject({
      code: 'transport/flood',
      detail: expect.stringMatching(/more than a conversation needs/),
    });
  });

  it('by questions whose answers it does not read', async () => {
    const onExec: SshHostOptions['onExec'] = (_channel, _command, host) => {
      (host as unknown as { _sock: Socket })._sock.pause();
      const timer = setInterval(() => repeated(2_000, () => internals(host).ping()), 5);
      closers.push(() => clearInterval(timer));
    };
    const unbounded = { atOnce: Number.POSITIVE_INFINITY, aSecond: 1 };
    const problem = await problemOf({ onExec }, { requests: unbounded, received: unbounded, unread: 65_536 });
    expect(problem).toMatchObject({
      code: 'transport/flood',
      detail: expect.stringMatching(/without reading the answers/),
    });
  });

  it('but may exchange keys now and then, however long the conversation is', async () => {
    const onExec = (channel: ServerChannel, _command: string, host: ServerConnection) => {
      internals(host).rekey();
      host.on('rekey', () => {
        channel.exit(0);
        channel.end();
      });
    };
    expect(await problemOf({ onExec })).toBeNull();
  });
});

it('a connection that is half closed is gone a moment after the goodbye', async () => {
  const { connection, freezer } = await connectTo({ onExec: () => {} }, {}, 'freezer');
  await connection.exec('true');
  freezer?.freeze();
  connection.close();
  const ours = () =>
    (process as unknown as { _getActiveHandles(): readonly Partial<Socket>[] })
      ._getActiveHandles()
      .filter(({ remotePort, destroyed }) => remotePort === freezer?.port && destroyed === false);
  expect(ours()).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(ours()).toEqual([]);
});

describe('an agent that takes questions and is silent', () => {
  async function silentAgent() {
    const sockets: Socket[] = [];
    const path = join(folder, 'agent');
    const server = createServer((socket) => sockets.push(socket.resume()));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    closers.push(() => server.close());
    return { path, sockets };
  }

  it('is left at its deadline, with its socket, and asked nothing more', async () => {
    const { path, sockets } = await silentAgent();
    const agent = new KeyAgent(path, { identitiesMs: 100, signatureMs: 100 });
    await expect(agent.identities()).rejects.toThrow('did not answer within 0.1 s');
    expect(agent.silent).toContain('did not answer');
    await expect(agent.identities()).rejects.toThrow('did not answer within 0.1 s');
    expect(sockets).toHaveLength(1);
    await expect.poll(() => sockets[0]?.closed).toBe(true);
  });

  it('is left at once by whoever closes', async () => {
    const { path } = await silentAgent();
    const agent = new KeyAgent(path, { identitiesMs: 60_000, signatureMs: 60_000 });
    const asked = agent.identities();
    setTimeout(() => agent.close(), 20);
    await expect(asked).rejects.toThrow('closed');
  });
});

it('a host that goes away while it waits for the password of others holds up nobody', async () => {
  const gate = new PrivilegeGate(60_000);
  const first = await gate.enter('pw', 'first');
  const ring = new KeyRing({ home: folder, agentSocket: null, defaultKeyFiles: [], askPassphrase: null });
  const login = new Login({ host: 'gone', user: 'ops', password: 'pw', privateKeyFiles: [] }, ring, gate);
  login.next({ allowed: null, partial: false }, () => {});
  await new Promise((resolve) => setTimeout(resolve, 10));
  login.ended();
  const third = gate.enter('pw', 'third');
  if (first.status === 'try') first.attempt.undecided();
  expect((await third).status).toBe('try');
});
