import type { Problem } from '#errors/problem.js';
import type { HostTransaction } from '#facts/facts.js';
import type { PackageChange } from '#packages/package-plan.js';
import type { HostPlan } from '#plan/plan.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { HostSummary, OperatorClock, RunAsked, RunKind } from './event.js';
import type { Outcome } from './outcome.js';

export type Stage =
  | 'waiting'
  | 'connecting'
  | 'probing'
  | 'assessed'
  | 'approved'
  | 'applying'
  | 'verifying'
  | 'finished';

export interface HostState {
  readonly host: string;
  readonly stage: Stage;
  readonly summary: HostSummary | null;
  readonly plan: HostPlan | null;
  /** As of the last measurement. */
  readonly clock: ClockMeasurement | null;
  /** What the plan cannot say in a change: degradations, preflight results, hazards. */
  readonly notes: readonly string[];
  readonly transaction: string | null;
  /** Of this run on the host's packages: what was approved, and how far it came. Null: none was begun. */
  readonly packageWork: {
    readonly work: string;
    readonly changes: readonly PackageChange[];
    readonly state: 'begun' | 'done' | 'failed';
  } | null;
  /** Everything of tsync's that lies on the host; null where nobody asked. */
  readonly transactions: readonly HostTransaction[] | null;
  /** Files in which an undo found what somebody else had written meanwhile, and where that is kept on the host. */
  readonly found: readonly { readonly path: string; readonly copy: string }[];
  /** Last step of the journal, or what the verification waits for. */
  readonly progress: string;
  readonly verdict: { readonly verdict: 'confirm' | 'revert'; readonly reason: string } | null;
  /** Of the verification: the source that is selected. */
  readonly source: string | null;
  readonly outcome: Outcome | null;
  readonly problem: Problem | null;
}

/** The fold over the events of one run. */
export interface RunState {
  readonly run: string;
  readonly kind: RunKind;
  readonly who: string;
  readonly version: string;
  readonly inventory: string;
  readonly of: string | null;
  readonly asked: RunAsked;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly operatorClock: OperatorClock;
  /** In the inventory's order. */
  readonly hosts: ReadonlyMap<string, HostState>;
  /** No further host begins for now. */
  readonly paused: boolean;
  readonly interrupted: 'finish' | 'leave' | null;
  /** Why the record of this run is not complete; null: it is. */
  readonly storeProblem: Problem | null;
  readonly exitCode: number | null;
}
