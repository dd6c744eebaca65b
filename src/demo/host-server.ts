import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Connection, ParsedKey, ServerChannel } from 'ssh2';
import { prefixGate } from './prefix-gate.js';

const ssh2 = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');

/** A listening SSH server that plays one host. */
export interface HostServer {
  readonly port: number;
  /** Ends connections and the programs that run in them; what a program detached goes on. */
  close(): Promise<void>;
}

/** Programs at a time on one connection. */
const MAX_PROGRAMS = 8;

/**
 * Listens on 127.0.0.1 (on `port` if it is free, else on any) and runs tsync's programs, and nothing else, with sh in `folder`.
 * `clientKey`: the only key that may log in, as `ops` or as `root`.
 */
export async function startHostServer(options: {
  readonly folder: string;
  readonly hostKey: string;
  readonly clientKey: ParsedKey;
  readonly port: number;
}): Promise<HostServer> {
  const running = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'tsync-demo' }, (connection) => {
    connection.on('error', () => connection.end());
    serve(connection, options.folder, options.clientKey, running);
  });
  // Our own listener, because ssh2's leaves Nagle's delay on: 50 ms an exec instead of 5.
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  const port = await listen(listener, options.port);
  return {
    port,
    async close() {
      for (const child of running) killGroup(child);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}

function serve(connection: Connection, folder: string, clientKey: ParsedKey, running: Set<ChildProcess>): void {
  let user = '';
  let programs = 0;
  connection.on('authentication', (context) => {
    user = context.username;
    if (!['ops', 'root'].includes(user)) return context.reject(['publickey']);
    if (context.method !== 'publickey') return context.reject(['publickey']);
    const sameKey = context.key.data.equals(clientKey.getPublicSSH());
    const signed =
      !context.signature ||
      !context.blob ||
      clientKey.verify(context.blob, context.signature, context.hashAlgo) === true;
    if (sameKey && signed) context.accept();
    else context.reject(['publickey']);
  });
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, reject, info) => {
      if (programs >= MAX_PROGRAMS) return reject();
      programs += 1;
      const channel = acceptExec();
      channel.on('close', () => {
        programs -= 1;
      });
      if (isConversation(info.command)) run(channel, info.command, folder, user, running);
      else end(channel, 'This host is simulated: it runs the programs of tsync and nothing else.', 126);
    });
  });
}

/** Is it the constant command that docs/internals/host-programs.md describes, with or without sudo? */
export function isConversation(command: string): boolean {
  return / tsync '?[0-9a-f]{32}'? '?[0-9]+'?$/.test(command.trimEnd()) && command.includes('ready 2');
}

function run(channel: ServerChannel, command: string, folder: string, user: string, running: Set<ChildProcess>): void {
  // As sshd and bash do it: a login file may print before the command starts.
  const login = 'if [ -r "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi; eval "$1"';
  const child = spawn('/bin/sh', ['-c', login, 'sh', command], {
    cwd: join(folder, 'root'),
    env: {
      PATH: `${join(folder, 'tools')}:/usr/local/bin:/usr/bin:/bin`,
      HOME: join(folder, user === 'root' ? 'root/root' : 'root/home/ops'),
      TSYNC_DEMO_UID: user === 'root' ? '0' : '1000',
    },
    detached: true,
  });
  running.add(child);
  const gate = prefixGate(join(folder, 'root'), join(folder, 'bin'), (reason) => {
    killGroup(child);
    end(channel, `This host is simulated, and ${reason}: nothing was run.`, 126);
  });
  channel.pipe(gate).pipe(child.stdin);
  child.stdin.on('error', () => gate.resume());
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('error', () => end(channel, 'sh could not be started', 127));
  child.on('close', (code, signal) => {
    running.delete(child);
    if (!channel.writable) return;
    if (code === null) channel.exit(signal ?? 'KILL', false, '');
    else channel.exit(code);
    channel.end();
  });
  channel.on('error', () => killGroup(child));
  channel.on('close', () => killGroup(child));
}

function end(channel: ServerChannel, message: string, code: number): void {
  if (!channel.writable) return;
  channel.stderr.write(`${message}\n`);
  channel.exit(code);
  channel.end();
}

/** The program and what it started, but for what made itself a session of its own: the guards. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}

/** Listens on that port of the loopback interface, or on any when it is taken; gives the port. */
async function listen(listener: Server, wanted: number): Promise<number> {
  const attempt = (port: number) =>
    new Promise<number>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', () => {
        listener.removeListener('error', reject);
        resolve((listener.address() as AddressInfo).port);
      });
    });
  return attempt(wanted).catch(() => attempt(0));
}
