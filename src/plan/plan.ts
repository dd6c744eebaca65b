import type { Evidence, Measurement, Severity } from '#checks/verdict.js';
import type { Problem } from '#errors/problem.js';
import type { PackagePlan } from '#packages/package-plan.js';
import type { Action, Change, RuleId } from '#resources/resource.js';

export type { Evidence, Measurement, Severity } from '#checks/verdict.js';

interface FindingBase {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** What is said of this host: what is wrong, or where nothing is, that all is well. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** Man page, kernel commit, document: why the rule is true. */
  readonly source: string;
  /** Reason of the waiver that accepts it, null when none does. */
  readonly waived: string | null;
}

/** A resource or check compared with the host. */
export type Finding = FindingBase &
  (
    | { readonly status: 'in-sync' }
    | { readonly status: 'drift'; readonly change: Change }
    | { readonly status: 'violation'; readonly measured: Measurement; readonly limit: Measurement }
    | { readonly status: 'unknown'; readonly problem: Problem }
  );

/** A resource that somebody changed after the run that is to be taken back: its three versions, as two changes. */
export interface Conflict {
  /** From before that run to after it. */
  readonly ofRun: Change;
  /** From after that run to now. */
  readonly since: Change;
}

/** Everything that is wrong with one host and everything that would be done, as data. */
export interface HostPlan {
  readonly host: string;
  /** The strategy that the settings asked for and the one this host gets, with the reason where they differ. */
  readonly strategy: { readonly asked: string; readonly taken: string; readonly reason: string };
  readonly snapshotDigest: string;
  readonly findings: readonly Finding[];
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** Only in the plan of a rollback that is refused. */
  readonly conflicts?: readonly Conflict[];
  /** In the order in which they are done, after all changes. */
  readonly actions: readonly Action[];
  /** A phase of its own, before the changes or after them. Before: then there are no changes yet. Null: no package comes or goes. */
  readonly packages: PackagePlan | null;
  /** Why nothing may be changed, whatever differs. Null: what differs is in `changes`. */
  readonly refused: Problem | null;
  /** Servers that the changes add, of the playbook or of the cloud, and that the host itself should try before anybody approves. */
  readonly newServers: readonly string[];
  readonly planDigest: string;
  readonly foldKey: string;
}
