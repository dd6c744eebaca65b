import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { PackageChange } from '#packages/package-plan.js';
import { undoPackages } from '#packages/undo-packages.js';
import { readState, sameState } from '#resources/compare.js';
import type { Change } from '#resources/resource.js';
import { ruleOf } from '#rules/rules.js';
import { deriveActions } from './derive-actions.js';
import { foldKeyOf, planDigestOf } from './digests.js';
import type { Conflict, Finding, HostPlan } from './plan.js';

/** The same changes swapped, in reverse order. */
export function invertChanges(changes: readonly Change[]): readonly Change[] {
  return changes.toReversed().map((change) => ({ ...change, before: change.after, after: change.before }) as Change);
}

export interface RollbackInput {
  readonly host: string;
  readonly facts: Facts;
  /** As the run that is taken back made them. */
  readonly changes: readonly Change[];
  readonly snapshotDigest: string;
  /** What that run did to packages. */
  readonly packages: readonly PackageChange[];
  /** The name of that run. */
  readonly run: string;
}

/**
 * The plan of a rollback. Each resource must be as the run left it, or already as it was before; one that somebody
 * changed since is a finding, and then nothing at all is taken back on this host.
 */
export function rollbackPlan({ host, facts, changes, packages: made, snapshotDigest, run }: RollbackInput): HostPlan {
  const compared = invertChanges(changes).map((change) => compareInverse(change, facts));
  const conflicts = changes.flatMap((change) => conflictOf(change, facts));
  const refused = refusalOf(compared, conflicts, run);
  const pending = refused !== null ? [] : compared.flatMap((one) => (one.status === 'drift' ? [one.change] : []));
  const actions = deriveActions(pending, facts);
  const packages = refused !== null ? null : undoPackages(made, facts, run);
  const planned = { changes: pending, actions, packages };
  return {
    host,
    strategy: { asked: 'rollback', taken: refused !== null ? 'none' : 'rollback', reason: `rollback of ${run}` },
    snapshotDigest,
    findings: compared,
    ...(conflicts.length === 0 ? {} : { conflicts }),
    ...planned,
    refused,
    newServers: [],
    planDigest: planDigestOf({ host, ...planned }),
    foldKey: foldKeyOf(planned),
  };
}

/** Why this host is not taken back: nothing is, where one of its resources was changed since or cannot be read. */
function refusalOf(compared: readonly Finding[], conflicts: readonly Conflict[], run: string): Problem | null {
  if (conflicts.length > 0) {
    const names = conflicts.map(({ ofRun }) => `${ofRun.kind} ${ofRun.name}`).join(', ');
    return problem('plan/changed-since', `Changed by somebody after run ${run}: ${names}. Nothing is taken back here.`);
  }
  return compared.find((finding) => finding.status === 'unknown')?.problem ?? null;
}

/** The three versions of what is neither as the run left it nor as it was before. */
function conflictOf(change: Change, facts: Facts): readonly Conflict[] {
  const reading = readState(change.kind, facts, change.name);
  if (!reading.known) return [];
  const { state } = reading;
  if (sameState(change.kind, state, change.after) || sameState(change.kind, state, change.before)) return [];
  return [{ ofRun: change, since: { ...change, before: change.after, after: state } as Change }];
}

function compareInverse(change: Change, facts: Facts): Finding {
  const { severity, source } = ruleOf(change.because);
  const base = { rule: change.because, severity, source, evidence: [], waived: null };
  const reading = readState(change.kind, facts, change.name);
  if (!reading.known) return { ...base, sentence: CANNOT, status: 'unknown', problem: reading.problem };
  if (sameState(change.kind, reading.state, change.after))
    return { ...base, sentence: 'What that run changed is as it was before.', status: 'in-sync' };
  if (sameState(change.kind, reading.state, change.before))
    return { ...base, sentence: 'What that run changed is taken back.', status: 'drift', change };
  const detail = `The ${change.kind} ${change.name} was changed by somebody after that run.`;
  return { ...base, sentence: CANNOT, status: 'unknown', problem: problem('plan/changed-since', detail) };
}

const CANNOT = 'What that run changed cannot be taken back.';
