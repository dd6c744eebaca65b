import { connect, type Socket } from 'node:net';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type ProblemCode, problem } from '#errors/problem.js';

/** An address, a port, and how long to wait for TCP. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** Opens a TCP connection without Nagle's delay. Rejects with `HostTrouble`: dns, refused, unreachable, timeout, interrupted. */
export function openSocket(target: Target, signal: AbortSignal): Promise<Socket> {
  const where = placeOf(target);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(interrupted(where));
    const socket = connect({
      host: target.address,
      port: target.port,
      noDelay: true,
      // Node gives each of several addresses 250 ms only: too little for a host on the other side of the world.
      autoSelectFamilyAttemptTimeout: Math.max(1_000, Math.floor(target.timeoutMs / 4)),
    });
    const fail = (trouble: HostTrouble) => {
      settle();
      socket.destroy();
      reject(trouble);
    };
    const timer = setTimeout(() => fail(timedOut(where, 'a TCP connection', target.timeoutMs)), target.timeoutMs);
    const onAbort = () => fail(interrupted(where));
    const onError = (error: Error) => fail(socketTrouble(error, where));
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
      // What still arrives after the decision has no one to tell.
      socket.on('error', () => {});
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}

/**
 * Sends all that is written in one turn of the event loop at once: ssh2 writes the length, the text and the tag of every packet
 * one by one, which would be three system calls and three segments.
 */
export function gathering(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let corked = false;
  const uncork = () => {
    corked = false;
    socket.uncork();
  };
  socket.write = ((...args: unknown[]) => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  }) as Socket['write'];
  return socket;
}

/** `192.0.2.1 port 22`, printable. */
export function placeOf(target: { readonly address: string; readonly port: number }): string {
  return `${printable(target.address)} port ${target.port}`;
}

/** Says what was waited for, where and how long. */
export function timedOut(where: string, awaited: string, timeoutMs: number): HostTrouble {
  return new HostTrouble(problem('transport/timeout', `Waited ${timeoutMs / 1000} s for ${awaited} at ${where}.`));
}

export function interrupted(where: string): HostTrouble {
  return new HostTrouble(problem('transport/interrupted', `The connection to ${where} was given up on request.`));
}

function socketTrouble(error: Error, where: string): HostTrouble {
  const causes = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  const codes = [...new Set(causes.map((cause) => ('code' in cause ? String(cause.code) : '')))];
  const code: ProblemCode = socketCodes[codes[0] ?? ''] ?? 'transport/unreachable';
  return new HostTrouble(
    problem(code, `No connection to ${where}: ${sentences[code] ?? 'the system says'} (${codes.join(', ')}).`),
    {
      cause: error,
    },
  );
}

const socketCodes: { readonly [code: string]: ProblemCode } = {
  EAI_AGAIN: 'transport/dns',
  EAI_FAIL: 'transport/dns',
  EAI_NODATA: 'transport/dns',
  ECONNREFUSED: 'transport/refused',
  ECONNRESET: 'transport/closed-early',
  ENODATA: 'transport/dns',
  ENOTFOUND: 'transport/dns',
  ETIMEDOUT: 'transport/timeout',
};

const sentences: { readonly [code in ProblemCode]?: string } = {
  'transport/dns': 'the name was not resolved',
  'transport/refused': 'it was refused',
  'transport/timeout': 'the system gave up waiting for an answer',
  'transport/unreachable': 'the system knows no way there',
  'transport/closed-early': 'it was reset at once',
};
