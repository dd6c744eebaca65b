import type { EventBody } from '#run/event.js';
import type { Transport } from '#transport/connection.js';
import type { PrivilegeGate } from '#transport/privilege-gate.js';
import type { Pace } from './pace.js';
import type { Programs } from './programs.js';
import type { Turn } from './turns.js';

/** What the engine needs from outside: everything that acts, waits or differs from run to run. */
export interface EngineDeps {
  readonly transport: Transport;
  /** One for the whole fleet: a wrong sudo password is tried once. */
  readonly privilege: PrivilegeGate;
  readonly programs: Programs;
  /** Stores the event, then hands it to every listener; the step it announces comes after it returns. */
  readonly emit: (event: EventBody) => void;
  readonly clock: EngineClock;
  /** Hosts at a time. */
  readonly forks: number;
  readonly pace: Pace;
  /** Awaited before what a host sent is computed on: one host a round of the event loop. */
  readonly turn: Turn;
  /** 32 hexadecimal digits. */
  readonly newNonce: () => string;
  /** ISO date of today, for waivers that expire. */
  readonly today: string;
  /** Aborted by the first Ctrl-C: no host is begun any more, those in flight are finished. */
  readonly finishSignal: AbortSignal;
  /** Aborted by the second: connections are dropped, open changes are left to their guards. */
  readonly leaveSignal: AbortSignal;
  /** The operator's own user name, for hosts that name no user. */
  readonly loginName: string;
  readonly run: string;
  readonly who: string;
  readonly version: string;
}

export interface EngineClock {
  /** Unix time in seconds with fraction. */
  readonly nowSeconds: () => number;
  /** Monotonic, in milliseconds with fraction. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}
