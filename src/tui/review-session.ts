import type { RunState } from '#run/run-state.js';

/** What the screen may see and do. The command line builds it; the screen holds no other state of the run. */
export interface ReviewSession {
  readonly state: () => RunState;
  /** Calls back after every change of the state; returns the function that ends this. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Seconds after which this host puts everything back by itself unless it is confirmed: said before a person agrees. */
  readonly guardSeconds: (host: string) => number;
  /** Given once: hosts to apply; every other host with changes is declined. An empty set applies nothing. */
  readonly approve: (hosts: ReadonlySet<string>) => void;
  /** Ctrl-C: first `finish` hosts in flight, then `leave` them to their guards. */
  readonly interrupt: () => void;
  /** No further host begins until `goOn`; those in flight are finished. */
  readonly pause: () => void;
  readonly goOn: () => void;
  /** The hosts in flight get five minutes more, guard and time to settle together. */
  readonly extend: () => void;
  /** What to type next, shown in the summary: `tsync rollback 01J...`. Empty while the run goes on. */
  readonly nextCommands: () => readonly string[];
}
