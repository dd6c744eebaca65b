import type { Socket } from 'node:net';
import type { Client } from 'ssh2';

/**
 * Watches what a host makes this machine do on one connection beside the conversation, because whoever forges a host can ask
 * without reading the answers, send without end, or exchange keys without end. `flooded` hears once which bound was exceeded;
 * the connection is to be destroyed then.
 */
export interface FloodWatch {
  /** So many bytes of our own were handed to the connection: they may wait for a slow host. */
  wrote(bytes: number): void;
}

/** What may come at once, and how much more for every second that the connection lives. */
interface Bound {
  readonly atOnce: number;
  readonly aSecond: number;
}

export interface FloodBounds {
  /** Bytes from the host. A verification repeats the probe, of 4 MiB at most, as long as it takes. */
  readonly received: Bound;
  /** Requests that are not ours: OpenSSH sends its list of host keys, then one keepalive every `ClientAliveInterval`. */
  readonly requests: Bound;
  /** Key exchanges: OpenSSH makes a further one after 1 GB, or as `RekeyLimit` says. */
  readonly rekeys: Bound;
  /** Bytes of answers that the host does not take. */
  readonly unread: number;
}

export const defaultFloodBounds: FloodBounds = {
  received: { atOnce: 32 * 1024 * 1024, aSecond: 1024 * 1024 },
  requests: { atOnce: 200, aSecond: 4 },
  rekeys: { atOnce: 10, aSecond: 0.2 },
  unread: 1024 * 1024,
};

type Handler = (...args: unknown[]) => unknown;

/** Those of ssh2's own handlers that answer what a host asks. Not in its interface: see fewer-turnarounds.ts. */
interface Internals {
  readonly _protocol: { readonly _handlers: { [name in (typeof ASKING)[number]]: Handler } };
}

const ASKING = ['GLOBAL_REQUEST', 'CHANNEL_OPEN', 'CHANNEL_REQUEST'] as const;

/** To be called right after `client.connect()`. */
export function watchForFloods(
  client: Client,
  socket: Socket,
  monotonicMs: () => number,
  flooded: (what: string) => void,
  bounds: FloodBounds = defaultFloodBounds,
): FloodWatch {
  const startedMs = monotonicMs();
  const spent = { received: 0, requests: 0, rekeys: 0 };
  let written = 0;
  let over = false;

  function exceed(what: string): void {
    if (over) return;
    over = true;
    flooded(what);
  }
  function spend(kind: keyof typeof spent, amount: number, what: string): void {
    spent[kind] += amount;
    const { atOnce, aSecond } = bounds[kind];
    // The clock is asked only by what is over the bound already.
    if (spent[kind] <= atOnce) return;
    if (spent[kind] > atOnce + ((monotonicMs() - startedMs) / 1000) * aSecond) exceed(what);
  }

  socket.on('data', (chunk: Buffer) => {
    spend('received', chunk.length, 'sent more than a conversation needs');
    if (socket.writableLength > bounds.unread + written) exceed('asked on and on without reading the answers');
  });
  let isFirst = true;
  client.on('handshake', () => {
    if (!isFirst) spend('rekeys', 1, 'exchanged keys on and on');
    isFirst = false;
  });
  const handlers = (client as unknown as Internals)._protocol._handlers;
  for (const name of ASKING) {
    const answer = handlers[name];
    handlers[name] = (...args) => {
      spend('requests', 1, 'sent requests on and on');
      // What comes in the same packet needs no answer any more.
      if (!over) answer(...args);
    };
  }
  return {
    wrote(bytes) {
      written += bytes;
    },
  };
}
