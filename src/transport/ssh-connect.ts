import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '#errors/assert-never.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { type Problem, problem } from '#errors/problem.js';
import type { ConnectionSettings } from '#inventory/host.js';
import type { Connection } from './connection.js';
import { Deadline } from './deadline.js';
import { defaultFloodBounds, type FloodBounds } from './flood-watch.js';
import { judgeHostKey, knownKeyTypes, type RefusedHostKey } from './host-key.js';
import type { KeyRing } from './key-ring.js';
import { knownHostName } from './known-hosts.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import { Login } from './login.js';
import { interrupted, openSocket, placeOf, timedOut } from './open-socket.js';
import type { PrivilegeGate } from './privilege-gate.js';
import { sshConnection } from './ssh-connection.js';
import { connectionLost, greetingOf, handshakeFailed, hostKeyRefused, offeredBy, type Phase } from './ssh-trouble.js';
import { type ClientEnd, type ClientTask, type Ssh2Client, ssh2Client } from './ssh2-client.js';

/** How long each step may take, beside `connectTimeoutMs` of the host for TCP. */
export interface SshDeadlines {
  readonly handshakeMs: number;
  /** For one answer to a login attempt. */
  readonly loginMs: number;
  readonly channelOpenMs: number;
  /** A host that misses three questions in a row, this far apart, is gone. */
  readonly keepaliveMs: number;
  /** At least so long, and up to five times so long, is waited before a connection that broke off is tried once more. */
  readonly retryAfterMs: number;
}

/** What is shared by the fleet, and who this host is. */
export interface ConnectContext {
  readonly host: string;
  readonly user: string;
  readonly ring: KeyRing;
  readonly gate: PrivilegeGate;
  readonly knownHosts: KnownHostsFiles;
  readonly acceptNewHostKeys: boolean;
  readonly deadlines: SshDeadlines;
  readonly floodBounds?: FloodBounds;
  /** A connection broke before the login, and is tried once more. */
  readonly onRetry: (problem: Problem) => void;
}

/** How an attempt differs from the first. */
interface Attempt {
  /** Key types to ask the host for first. */
  readonly keyTypes: readonly string[];
  /** Collects what ssh2 says of the handshake: only to explain a failure, it costs CPU. */
  readonly log: string[] | null;
}

type Why = 'other-key-type' | 'to-explain' | 'broken';

type AttemptEnd =
  | { readonly connection: Connection }
  | { readonly why: Why; readonly again: Attempt; readonly trouble: HostTrouble };

/**
 * Connects to one host. Rejects with `HostTrouble` of `transport/*`.
 *
 * A further attempt is made in three cases, each once: known_hosts has this host by another type of key than it offered first;
 * there is no common algorithm, and then only to be able to name what the host offers; the host broke the connection off, or said
 * nothing, before the login (sshd drops connections at random when many come at once).
 */
export async function connectHost(
  context: ConnectContext,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Connection> {
  const known = await context.knownHosts.load();
  const tried = new Set<Why>();
  let attempt: Attempt = { keyTypes: knownKeyTypes(settings, known), log: null };
  for (;;) {
    const end = await connectOnce(context, settings, attempt, signal);
    if ('connection' in end) return end.connection;
    if (tried.has(end.why)) throw end.trouble;
    tried.add(end.why);
    if (end.why === 'broken') await pause(context, end.trouble, settings, signal);
    attempt = end.again;
  }
}

async function pause(
  context: ConnectContext,
  trouble: HostTrouble,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<void> {
  context.onRetry(trouble.problem);
  try {
    // Random, so that a fleet that was too much at once does not come back at once.
    await sleep(context.deadlines.retryAfterMs * (1 + 4 * Math.random()), undefined, { signal });
  } catch {
    throw interrupted(placeOf(settings));
  }
}

async function connectOnce(
  context: ConnectContext,
  settings: ConnectionSettings,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const known = await context.knownHosts.load();
  const where = placeOf(settings);
  const target = { address: settings.address, port: settings.port, timeoutMs: settings.connectTimeoutMs };
  const opened = await openSocket(target, signal).catch((trouble: HostTrouble) => trouble);
  if (opened instanceof HostTrouble) {
    if (opened.problem.code !== 'transport/closed-early') throw opened;
    return { why: 'broken', again: attempt, trouble: opened };
  }
  const login = new Login(
    { host: context.host, user: context.user, password: settings.password, privateKeyFiles: settings.privateKeyFiles },
    context.ring,
    context.gate,
  );
  const { deadlines } = context;

  return new Promise<AttemptEnd>((resolve, reject) => {
    let verdict: RefusedHostKey | null = null;
    let newKey: Buffer | null = null;
    let phase: Phase = 'the SSH handshake';
    let greeting: string | null = null;
    let lost: Problem | null = null;
    let client: Ssh2Client | null = null;
    const deadline = new Deadline((awaited, ms) => failOrRetry(timedOut(where, awaited, ms)));
    const onAbort = () => fail(interrupted(where));
    const leave = (problem: Problem) => {
      lost ??= problem;
      deadline.stop();
      signal.removeEventListener('abort', onAbort);
      login.ended();
      opened.destroy();
    };
    const fail = (trouble: HostTrouble) => {
      leave(trouble.problem);
      reject(trouble);
    };
    const retry = (why: Why, trouble: HostTrouble, again = attempt) => {
      leave(trouble.problem);
      resolve({ why, again, trouble });
    };
    const failOrRetry = (trouble: HostTrouble) => {
      if (phase === 'the SSH handshake') retry('broken', trouble);
      else fail(trouble);
    };
    const onEnd = (end: ClientEnd) => {
      if (end.kind === 'closed') signal.removeEventListener('abort', onAbort);
      if (lost !== null) return;
      if (verdict?.kind === 'other-type')
        return retry('other-key-type', hostKeyRefused(where, verdict), {
          keyTypes: verdict.types,
          log: null,
        });
      if (verdict !== null) return fail(hostKeyRefused(where, verdict));
      switch (end.kind) {
        case 'closed':
          return failOrRetry(new HostTrouble(connectionLost(where, phase, null, greeting)));
        case 'flood':
          return fail(new HostTrouble(problem('transport/flood', `${where} ${end.what}.`)));
        case 'no-login':
          return fail(new HostTrouble(login.problem(), { cause: end.error }));
        case 'no-common-algorithm': {
          const trouble = handshakeFailed(where, end.error, offeredBy(attempt.log));
          return retry('to-explain', trouble, { ...attempt, log: [] });
        }
        case 'error': {
          if (phase !== 'the SSH handshake')
            return fail(new HostTrouble(connectionLost(where, phase, end.error, greeting), { cause: end.error }));
          const trouble = handshakeFailed(where, end.error, null);
          return trouble.problem.code === 'transport/closed-early' ? retry('broken', trouble) : fail(trouble);
        }
        default:
          return assertNever(end);
      }
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    deadline.start('the SSH handshake', deadlines.handshakeMs);

    const task: ClientTask = {
      socket: opened,
      user: context.user,
      keyTypes: attempt.keyTypes,
      legacy: settings.legacy,
      trusts: (key) => {
        const judged = judgeHostKey(settings, known, key);
        const isNew = judged.kind === 'unknown' && context.acceptNewHostKeys;
        if (isNew) newKey = Buffer.from(key);
        else if (judged.kind !== 'known') verdict = judged;
        return isNew || judged.kind === 'known';
      },
      login,
      onLoginPrepared: (isPrepared) => {
        if (isPrepared) deadline.resume();
        else deadline.pause();
      },
      ring: context.ring,
      keepaliveMs: deadlines.keepaliveMs,
      log: attempt.log,
      floodBounds: context.floodBounds ?? defaultFloodBounds,
      onHandshake: () => {
        phase = 'the login';
        deadline.start(`an answer to the login as ${context.user}`, deadlines.loginMs);
        // Only now has the host proved that it holds the key: earlier, anybody's could be written down.
        if (newKey !== null) {
          const name = knownHostName(settings.address, settings.port);
          context.knownHosts.learn(name, newKey).catch((trouble: HostTrouble) => fail(trouble));
          newKey = null;
        }
      },
      onGreeting: (text) => {
        greeting = greetingOf(text);
      },
      onReady: () => {
        phase = 'the conversation';
        deadline.stop();
        login.succeeded();
        if (client === null) return;
        const loggedIn = client.loggedIn(() => lost);
        resolve({
          connection: sshConnection(loggedIn, { where, channelOpenMs: deadlines.channelOpenMs, lost: () => lost }),
        });
      },
      onEnd,
    };
    client = ssh2Client(task);
  });
}
