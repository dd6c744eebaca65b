import type { Socket } from 'node:net';
import type { Channel, Client, ClientChannel } from 'ssh2';
import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import { algorithmsFor } from './algorithms.js';
import type { ExecEnd, RemoteExec } from './connection.js';
import { authenticateInOneTurn, execInOneTurn, ignoreFurtherHostKeys } from './fewer-turnarounds.js';
import { type FloodBounds, type FloodWatch, watchForFloods } from './flood-watch.js';
import type { KeyRing } from './key-ring.js';
import type { Login } from './login.js';
import { gathering } from './open-socket.js';
import type { LoggedIn, SentExec } from './ssh-connection.js';
import { newClient } from './ssh2-parts.js';

/** What the client is to do on an open socket. */
export interface ClientTask {
  readonly socket: Socket;
  readonly user: string;
  /** Key types to ask the host for first. */
  readonly keyTypes: readonly string[];
  readonly legacy: boolean;
  /** Asked once; the host's signature is checked beside. */
  readonly trusts: (hostKey: Buffer) => boolean;
  readonly login: Login;
  /** We are busy with the next key or password, and no longer: the host waits for us meanwhile. */
  readonly onLoginPrepared: (isPrepared: boolean) => void;
  readonly ring: KeyRing;
  readonly keepaliveMs: number;
  /** Collects what the client says of the handshake: only to explain a failure, it costs CPU. */
  readonly log: string[] | null;
  readonly floodBounds: FloodBounds;
  /** Once: the host may exchange keys again whenever it likes. */
  readonly onHandshake: () => void;
  /** The host wants this shown to who logs in. */
  readonly onGreeting: (text: string) => void;
  readonly onReady: () => void;
  readonly onEnd: (end: ClientEnd) => void;
}

/** How a client came to its end, before or after the login. */
export type ClientEnd =
  /** The other side closed it. */
  | { readonly kind: 'closed' }
  /** `what` the host did without end; to be destroyed. */
  | { readonly kind: 'flood'; readonly what: string }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'no-common-algorithm'; readonly error: Error }
  | { readonly kind: 'no-login'; readonly error: Error };

export interface Ssh2Client {
  /** To be used after `onReady`; `lost`: why the connection is gone, null while it is not. */
  loggedIn(lost: () => Problem | null): LoggedIn;
}

/** After a goodbye a host is to hang up; one that does not is cut off, so that no half-open connection stays. */
const GOODBYE_MS = 2_000;

/**
 * Speaks the protocol through ssh2; every decision (which key is trusted, what is tried next, how long) is the task's. Who wants
 * to cut the connection off destroys the socket: ssh2's own `destroy` does nothing on one that is half closed.
 */
export function ssh2Client(task: ClientTask): Ssh2Client {
  const client: Client = newClient();
  client.on('error', (error: Error & { level?: string }) => {
    if (/^Handshake failed: no matching /i.test(error.message)) task.onEnd({ kind: 'no-common-algorithm', error });
    else task.onEnd({ kind: error.level === 'client-authentication' ? 'no-login' : 'error', error });
  });
  client.on('close', () => task.onEnd({ kind: 'closed' }));
  client.once('handshake', task.onHandshake);
  client.on('banner', (text) => task.onGreeting(text));
  client.on('ready', task.onReady);
  const { log, ring } = task;
  client.connect({
    sock: gathering(task.socket),
    username: task.user,
    algorithms: algorithmsFor(task.keyTypes, task.legacy),
    // The callback form only: ssh2 takes a promise for a yes.
    hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => verify(task.trusts(key)),
    authHandler: (allowed, partial, next) => {
      task.onLoginPrepared(false);
      task.login.next({ allowed, partial: partial === true }, (method) => {
        task.onLoginPrepared(true);
        next(method);
      });
    },
    readyTimeout: 0,
    keepaliveInterval: task.keepaliveMs,
    keepaliveCountMax: 3,
    ...(log && { debug: (line: string) => log.push(line.slice(0, 2_000)) }),
  });
  ignoreFurtherHostKeys(client);
  const onFlood = (what: string) => task.onEnd({ kind: 'flood', what });
  const watch = watchForFloods(client, task.socket, () => performance.now(), onFlood, task.floodBounds);
  authenticateInOneTurn(client, task.legacy, () => {
    const key = task.login.current;
    return key && { atOnce: ring.signsAtOnce(key), sign: (data, hash) => key.sign(data, hash) };
  });
  return {
    loggedIn: (lost) => {
      const start = execInOneTurn(client);
      return {
        start: (command, sent, refused) => {
          start(
            command,
            (channel: Channel) => sent(remoteExec(channel as ClientChannel, lost, watch)),
            (error) => error && refused(error.message),
          );
        },
        close: () => closeSoon(client, task.socket),
      };
    },
  };
}

function remoteExec(channel: ClientChannel, whyEnded: () => Problem | null, watch: FloodWatch): SentExec {
  const ended = Promise.withResolvers<ExecEnd>();
  let exit: { code: number | null; signal: string | null } | null = null;
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = { code: code ?? null, signal: signal ? printable(signal).slice(0, 40) : null };
  });
  channel.on('close', () => {
    const problem = exit === null ? whyEnded() : null;
    ended.resolve({ ...(exit ?? { code: null, signal: null }), ...(problem && { problem }) });
  });
  // A write to a command that has ended is no news: `ended` tells.
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  const drop = () => {
    channel.removeAllListeners('data');
    channel.stderr.removeAllListeners('data');
    channel.resume();
    channel.stderr.resume();
    channel.destroy();
  };
  const exec: RemoteExec = {
    write: (bytes) => {
      if (!channel.writable) return;
      const { buffer, byteOffset, byteLength } = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      watch.wrote(byteLength);
      channel.write(Buffer.from(buffer, byteOffset, byteLength));
    },
    endInput: () => {
      channel.end();
    },
    destroy: () => {
      drop();
      ended.resolve({ code: null, signal: null });
    },
    onStdout: (listener) => {
      channel.on('data', listener);
    },
    onStderr: (listener) => {
      channel.stderr.on('data', listener);
    },
    ended: ended.promise,
  };
  const refuse = (problem: Problem) => {
    drop();
    ended.resolve({ code: null, signal: null, problem });
  };
  return { exec, refuse };
}

/** Says goodbye, and waits for the host to hang up. */
function closeSoon(client: Client, socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS);
  timer.unref();
  client.once('close', () => clearTimeout(timer));
  client.end();
}
