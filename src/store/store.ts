import type { Event, RunKind } from '#run/event.js';
import type { RunRecord } from '#run/run-record.js';

/**
 * What this machine keeps of every run. Every function throws `TsyncError` with a code `store/...` when the file cannot be
 * used; a failure of a delayed write comes out of the next call.
 */
export interface Store {
  /**
   * Adds one event. Those that announce or end something on a host are on the disk when this returns, with all events before
   * them; the others follow within a quarter of a second (see `store/durability.ts`).
   */
  append(run: string, event: Event): void;
  /** Brings all events that still wait to the disk. */
  flush(): void;
  /** Newest first. */
  runs(filter?: RunFilter): readonly RunRecord[];
  /**
   * The run with this id, or the only one whose id begins so; `latest` is the newest of those that match the filter.
   * Throws `store/no-such-run` and `store/ambiguous-run`.
   */
  findRun(word: string, filter?: RunFilter): RunRecord;
  /** In the order of their sequence numbers, read one by one: a run of 10,000 hosts need not fit into memory. */
  events(run: string): Iterable<Event>;
  /** Takes these runs away with all their events, in one step. A run that is still running must not be among them. */
  forget(runs: readonly string[]): void;
  /** Flushes, then closes the file. */
  close(): void;
}

export interface RunFilter {
  readonly kinds?: readonly RunKind[];
  /** True: only runs that began a transaction on some host. */
  readonly touched?: boolean;
  readonly limit?: number;
}
