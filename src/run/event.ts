import type { Problem } from '#errors/problem.js';
import type { HostTransaction } from '#facts/facts.js';
import type { PackageChange } from '#packages/package-plan.js';
import type { HostPlan } from '#plan/plan.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { Outcome } from './outcome.js';

/** `guard` settles open transactions, `clean` takes finished ones away, `resume` goes on with a run that was cut off. */
export type RunKind = 'facts' | 'audit' | 'plan' | 'run' | 'apply' | 'rollback' | 'guard' | 'clean' | 'resume';

/** What the command line asked for beside the inventory: a resumption needs it again. */
export interface RunAsked {
  readonly playbook: string | null;
  readonly strategy: string | null;
  /** Seconds. */
  readonly confirmTimeout: number | null;
}

/** What is known of the operator's own clock: our measurement is no better than that. */
export interface OperatorClock {
  readonly synchronised: boolean | null;
  /** `chronyd, stratum 3, ±400 µs`, or why it is not known. */
  readonly detail: string;
}

/** One thing that happened. State, screen, log and report are folds over these; each is stored before the step it announces. */
export type EventBody =
  | {
      readonly type: 'run-started';
      readonly kind: RunKind;
      readonly run: string;
      readonly hosts: readonly string[];
      readonly who: string;
      readonly version: string;
      readonly inventory: string;
      readonly operatorClock: OperatorClock;
      /** For a rollback the run that is taken back, for a resumption the run that was cut off. */
      readonly of: string | null;
      /** Not in events of older versions. */
      readonly asked?: RunAsked;
    }
  | { readonly type: 'host-connecting'; readonly host: string }
  | { readonly type: 'host-probing'; readonly host: string }
  /** The connection broke off before the login, as `problem` says, and is tried once more. */
  | { readonly type: 'host-retrying'; readonly host: string; readonly problem: Problem }
  | {
      readonly type: 'host-assessed';
      readonly host: string;
      readonly plan: HostPlan;
      readonly clock: ClockMeasurement | null;
      readonly summary: HostSummary;
      readonly notes: readonly string[];
    }
  /** What the host itself saw of the servers it is to get; problem is null when each answered. */
  | {
      readonly type: 'host-preflight';
      readonly host: string;
      readonly notes: readonly string[];
      readonly problem: Problem | null;
    }
  | { readonly type: 'host-approved'; readonly host: string; readonly planDigest: string; readonly by: string }
  | {
      readonly type: 'apply-started';
      readonly host: string;
      readonly transaction: string;
      readonly planDigest: string;
      /** 0: an image tree, which has no guard. */
      readonly guardSeconds: number;
    }
  | {
      readonly type: 'apply-step';
      readonly host: string;
      readonly transaction: string;
      readonly step: string;
      readonly detail: string;
    }
  | { readonly type: 'host-applied'; readonly host: string; readonly transaction: string }
  | {
      readonly type: 'verify-attempt';
      readonly host: string;
      readonly attempt: number;
      readonly waitingFor: readonly string[];
      readonly clock: ClockMeasurement | null;
    }
  | {
      readonly type: 'verdict';
      readonly host: string;
      readonly transaction: string;
      readonly verdict: 'confirm' | 'revert';
      readonly reason: string;
    }
  /** All that lies on the host, finished or not. */
  | { readonly type: 'transactions-seen'; readonly host: string; readonly transactions: readonly HostTransaction[] }
  /** The host agreed: its guard now comes `seconds` from this moment. */
  | {
      readonly type: 'guard-extended';
      readonly host: string;
      readonly transaction: string;
      readonly seconds: number;
    }
  /** No guard of it runs, so that it is taken back before the host is planned anew. */
  | {
      readonly type: 'abandoned-taken-back';
      readonly host: string;
      readonly transaction: string;
      readonly who: string;
      readonly startedAt: string;
    }
  /** An undo found that somebody else had written `path` meanwhile; `copy`: where that lies on the host now. */
  | {
      readonly type: 'found-kept';
      readonly host: string;
      readonly transaction: string;
      readonly path: string;
      readonly copy: string;
    }
  | { readonly type: 'transaction-cleaned'; readonly host: string; readonly transaction: string }
  | {
      readonly type: 'host-finished';
      readonly host: string;
      readonly outcome: Outcome;
      readonly problem: Problem | null;
      readonly clock: ClockMeasurement | null;
      readonly source: string | null;
      /** What keeps its time now, as in its summary; not where nobody looked again, nor in events of older versions. */
      readonly daemon?: string | null;
    }
  /** The hosts of wave `wave` of `of` may begin: those before it are proved, or did not fail too often. */
  | { readonly type: 'wave-started'; readonly wave: number; readonly of: number; readonly hosts: number }
  /** No further host begins until `run-resumed`; those in flight go on. */
  | { readonly type: 'run-paused' }
  | { readonly type: 'run-resumed' }
  /** Packages come or go, outside of any transaction; `changes` is what was approved. */
  | {
      readonly type: 'packages-started';
      readonly host: string;
      readonly work: string;
      readonly changes: readonly PackageChange[];
    }
  | {
      readonly type: 'packages-step';
      readonly host: string;
      readonly work: string;
      readonly step: string;
      readonly detail: string;
    }
  | {
      readonly type: 'packages-finished';
      readonly host: string;
      readonly work: string;
      readonly problem: Problem | null;
    }
  | { readonly type: 'run-interrupted'; readonly how: 'finish' | 'leave' }
  /** The record of this run ends here, with this event not in it: no further host begins, those in flight are finished without it. */
  | { readonly type: 'store-failed'; readonly problem: Problem }
  | { readonly type: 'run-finished'; readonly exitCode: number };

export type Event = EventBody & {
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** 1, 2, 3 ... within the run. */
  readonly sequence: number;
};

/** One line about a host for the fleet list: what it is and what its clock follows. */
export interface HostSummary {
  /** `Debian 12`, `Ubuntu 22.04` */
  readonly os: string;
  /** `azure`, `hyperv`, `kvm` ... */
  readonly platform: string;
  /** `chrony 4.3` */
  readonly daemon: string;
  /** `PHC0`, `10.77.0.1`, `none` */
  readonly source: string;
}
