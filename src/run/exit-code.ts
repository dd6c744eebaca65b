import { hasWork } from '#plan/has-work.js';
import type { Finding, Severity } from '#plan/plan.js';
import { isOpen, severityRank } from './count-findings.js';
import type { HostState, RunState } from './run-state.js';

/**
 * From which finding on an audit ends with 2.
 *
 * | value      | counts                                                           |
 * | ---------- | ---------------------------------------------------------------- |
 * | a severity | drift and violations of at least this severity                   |
 * | `unknown`  | every drift and violation, and all that could not be judged      |
 * | `never`    | no finding                                                       |
 */
export type FailOn = Severity | 'unknown' | 'never';

export interface ExitOptions {
  readonly failOn: FailOn;
  /** Hosts that may be unreachable before this counts. */
  readonly maxUnreachable: number;
}

/** The codes that a run itself can end with; 64 and 65 are mistakes found before it. */
export type RunExit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

/**
 * The exit code of a run that has come to its end: the first line of the table in docs/reference/exit-codes.md that is true decides.
 * A host with an open transaction and no outcome counts as `guard-unknown`, and one that was forgotten by a run that nobody
 * interrupted as a failure of tsync: a run never ends with 0 about a host it knows nothing of. Only facts are read without an outcome.
 */
export function exitCode(state: RunState, options: ExitOptions): RunExit {
  const hosts = [...state.hosts.values()];
  if (state.storeProblem !== null) return 1;
  if (state.run === '' || (state.interrupted === null && hosts.some((host) => wasForgotten(host, state)))) return 1;
  if (hosts.some(hasUnknownGuard)) return 6;
  if (hosts.some((host) => host.outcome === 'reverted')) return 5;
  if (hosts.some((host) => host.outcome === 'failed' || host.outcome === 'stale')) return 3;
  if (hosts.some((host) => isDifferent(host, state, options.failOn))) return 2;
  if (hosts.filter((host) => host.outcome === 'unreachable').length > options.maxUnreachable) return 4;
  return state.interrupted === null ? 0 : 130;
}

/** The code of two runs that are told as one: that of the graver. */
export function graverExit(one: number, other: number): number {
  return GRAVEST_FIRST.find((code) => code === one || code === other) ?? one;
}

const GRAVEST_FIRST: readonly RunExit[] = [1, 6, 5, 3, 2, 4, 130, 0];

/** The guard of this host may still be armed, or its state could not be read: a person must look. */
export function hasUnknownGuard(host: HostState): boolean {
  return host.outcome === 'guard-unknown' || (host.outcome === null && host.transaction !== null);
}

/** Changes, or packages, that were planned and not made: left, declined, or not begun when the run ended. */
export function hasPendingChanges(host: HostState): boolean {
  const left = ['drifted', 'declined', 'skipped', null].includes(host.outcome);
  return left && host.transaction === null && host.plan !== null && hasWork(host.plan);
}

/** Whether this host makes the run end with 2: changes that were left, or findings that count by `failOn` (`never` but in an audit). */
function isDifferent(host: HostState, state: RunState, failOn: FailOn): boolean {
  if (state.kind !== 'audit' && (hasPendingChanges(host) || host.outcome === 'declined')) return true;
  if (state.kind === 'audit' || host.outcome === 'drifted')
    return host.plan === null ? host.outcome === 'drifted' : fails(host, failOn);
  return false;
}

function wasForgotten(host: HostState, { kind }: RunState): boolean {
  const wasRead = kind === 'facts' && host.stage === 'probing';
  return host.outcome === null && host.transaction === null && !wasRead;
}

function fails(host: HostState, failOn: FailOn): boolean {
  return host.plan?.findings.some((finding) => counts(finding, failOn)) ?? false;
}

function counts(finding: Finding, failOn: FailOn): boolean {
  if (!isOpen(finding) || failOn === 'never') return false;
  if (failOn === 'unknown') return true;
  return finding.status !== 'unknown' && severityRank(finding.severity) >= severityRank(failOn);
}
