import type { Client } from 'ssh2';
import { HostTrouble } from '#errors/host-trouble.js';
import type { Problem } from '#errors/problem.js';
import type { ConnectionSettings } from '#inventory/host.js';
import { algorithmsFor } from './algorithms.js';
import type { Connection } from './connection.js';
import { Deadline } from './deadline.js';
import { authenticateInOneTurn, ignoreFurtherHostKeys } from './fewer-turnarounds.js';
import { judgeHostKey, knownKeyTypes, type RefusedHostKey } from './host-key.js';
import type { KeyRing } from './key-ring.js';
import { knownHostName } from './known-hosts.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import { Login } from './login.js';
import { interrupted, openSocket, placeOf, timedOut } from './open-socket.js';
import type { PrivilegeGate } from './privilege-gate.js';
import { sshConnection } from './ssh-connection.js';
import { connectionLost, handshakeFailed, hostKeyRefused, isNoCommonAlgorithm, offeredBy } from './ssh-trouble.js';
import { newClient } from './ssh2-parts.js';

/** How long each step may take, beside `connectTimeoutMs` of the host for TCP. */
export interface SshDeadlines {
  readonly handshakeMs: number;
  /** For one answer to a login attempt. */
  readonly loginMs: number;
  readonly channelOpenMs: number;
  /** A host that misses three questions in a row, this far apart, is gone. */
  readonly keepaliveMs: number;
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
}

/** How an attempt differs from the first. */
interface Attempt {
  /** Key types to ask the host for first. */
  readonly keyTypes: readonly string[];
  /** Collects what ssh2 says of the handshake: only to explain a failure, it costs CPU. */
  readonly log: string[] | null;
}

type AttemptEnd = { readonly connection: Connection } | { readonly again: Attempt };

/**
 * Connects to one host. Rejects with `HostTrouble` of `transport/*`.
 *
 * A second attempt is made in two cases: known_hosts has this host by another type of key than it offered first, or there is no
 * common algorithm, and then only to be able to name what the host offers.
 */
export async function connectHost(
  context: ConnectContext,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Connection> {
  const known = await context.knownHosts.load();
  let attempt: Attempt = { keyTypes: knownKeyTypes(settings, known), log: null };
  for (let retries = 0; ; retries++) {
    const end = await connectOnce(context, settings, attempt, signal, retries === 0);
    if ('connection' in end) return end.connection;
    attempt = end.again;
  }
}

async function connectOnce(
  context: ConnectContext,
  settings: ConnectionSettings,
  attempt: Attempt,
  signal: AbortSignal,
  mayRetry: boolean,
): Promise<AttemptEnd> {
  const known = await context.knownHosts.load();
  const where = placeOf(settings);
  const target = { address: settings.address, port: settings.port, timeoutMs: settings.connectTimeoutMs };
  const sock = await openSocket(target, signal);
  const login = new Login(
    { host: context.host, user: context.user, password: settings.password, privateKeyFiles: settings.privateKeyFiles },
    context.ring,
    context.gate,
  );
  const { deadlines } = context;

  return new Promise<AttemptEnd>((resolve, reject) => {
    const client: Client = newClient();
    let verdict: RefusedHostKey | null = null;
    let newKey: Buffer | null = null;
    let phase = 'the SSH handshake';
    let lost: Problem | null = null;
    const deadline = new Deadline((awaited, ms) => fail(timedOut(where, awaited, ms)));
    const onAbort = () => fail(interrupted(where));
    const fail = (trouble: HostTrouble) => {
      lost ??= trouble.problem;
      finish();
      reject(trouble);
      client.destroy();
    };
    const finish = () => {
      deadline.stop();
      login.ended();
    };
    signal.addEventListener('abort', onAbort, { once: true });

    client.on('error', (error: Error & { level?: string }) => {
      if (lost !== null) return;
      const retry = (again: Attempt) => {
        lost = connectionLost(where, phase, error);
        finish();
        client.destroy();
        resolve({ again });
      };
      if (verdict?.kind === 'other-type' && mayRetry) {
        retry({ keyTypes: verdict.types, log: null });
      } else if (verdict !== null) {
        fail(hostKeyRefused(where, verdict));
      } else if (isNoCommonAlgorithm(error) && mayRetry) {
        retry({ ...attempt, log: [] });
      } else if (error.level === 'client-authentication') {
        fail(new HostTrouble(login.problem(), { cause: error }));
      } else if (phase === 'the SSH handshake') {
        fail(handshakeFailed(where, error, offeredBy(attempt.log)));
      } else {
        fail(new HostTrouble(connectionLost(where, phase, error), { cause: error }));
      }
    });
    client.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      if (lost === null) fail(new HostTrouble(connectionLost(where, phase, null)));
      finish();
    });
    client.on('handshake', () => {
      phase = 'the login';
      deadline.start(`an answer to the login as ${context.user}`, deadlines.loginMs);
      // Only now has the host proved that it holds the key: earlier, anybody's could be written down.
      if (newKey !== null) {
        const name = knownHostName(settings.address, settings.port);
        context.knownHosts.learn(name, newKey).catch((trouble: HostTrouble) => fail(trouble));
        newKey = null;
      }
    });
    client.on('ready', () => {
      phase = 'the conversation';
      deadline.stop();
      login.succeeded();
      resolve({
        connection: sshConnection(client, { where, channelOpenMs: deadlines.channelOpenMs, lost: () => lost }),
      });
    });

    deadline.start('the SSH handshake', deadlines.handshakeMs);
    const { log } = attempt;
    client.connect({
      sock,
      username: context.user,
      algorithms: algorithmsFor(attempt.keyTypes, settings.legacy),
      // The callback form only: ssh2 takes a promise for a yes.
      hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
        const judged = judgeHostKey(settings, known, key);
        const isNew = judged.kind === 'unknown' && context.acceptNewHostKeys;
        if (isNew) newKey = Buffer.from(key);
        else if (judged.kind !== 'known') verdict = judged;
        verify(isNew || judged.kind === 'known');
      },
      authHandler: (allowed, _partial, next) => {
        deadline.pause();
        login.next(allowed, (method) => {
          deadline.resume();
          next(method);
        });
      },
      readyTimeout: 0,
      keepaliveInterval: deadlines.keepaliveMs,
      keepaliveCountMax: 3,
      ...(log && { debug: (line: string) => log.push(line.slice(0, 2_000)) }),
    });
    ignoreFurtherHostKeys(client);
    authenticateInOneTurn(client, settings.legacy, () => {
      const key = login.current;
      return key && { atOnce: context.ring.signsAtOnce(key), sign: (data, hash) => key.sign(data, hash) };
    });
  });
}
