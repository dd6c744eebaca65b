import type { RunKind } from './event.js';

/** One line of the history: what is known of a run without reading its events. */
export interface RunRecord {
  readonly run: string;
  readonly kind: RunKind;
  readonly who: string;
  readonly version: string;
  readonly inventory: string;
  /** For a rollback: the run that was taken back. */
  readonly of: string | null;
  readonly hosts: number;
  /** Hosts on which a transaction was begun. */
  readonly touched: number;
  readonly startedAt: string;
  /** `running`: its process still lives. `interrupted`: it ended without saying so. */
  readonly end:
    | { readonly state: 'finished'; readonly at: string; readonly exitCode: number }
    | { readonly state: 'running' | 'interrupted' };
}
