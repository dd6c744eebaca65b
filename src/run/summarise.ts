import { countFindings, type FindingCounts } from './count-findings.js';
import { hasPendingChanges, hasUnknownGuard } from './exit-code.js';
import type { Outcome } from './outcome.js';
import type { HostState, RunState } from './run-state.js';

/** How a run stands, in numbers of hosts. */
export interface Summary {
  readonly hosts: number;
  /** Hosts without an outcome yet, or for ever when the run was interrupted. */
  readonly unfinished: number;
  readonly outcomes: { readonly [O in Outcome]: number };
  /** Guard still armed, or its state unknown. */
  readonly guardUnknown: number;
  /** Planned changes that were not made. */
  readonly pending: number;
  /** Over all findings of all hosts. */
  readonly findings: FindingCounts;
}

/** Counts over all hosts of the run; every host is in exactly one of `outcomes` and `unfinished`. */
export function summarise(state: RunState): Summary {
  const outcomes = { ...NONE };
  let unfinished = 0;
  for (const { outcome } of state.hosts.values()) {
    if (outcome === null) unfinished++;
    else outcomes[outcome]++;
  }
  const hosts = [...state.hosts.values()];
  return {
    hosts: state.hosts.size,
    unfinished,
    outcomes,
    guardUnknown: hosts.filter(hasUnknownGuard).length,
    pending: hosts.filter(hasPendingChanges).length,
    findings: countFindings(findingsOf(hosts)),
  };
}

function* findingsOf(hosts: readonly HostState[]) {
  for (const host of hosts) yield* host.plan?.findings ?? [];
}

const NONE: { readonly [O in Outcome]: number } = {
  'in-sync': 0,
  drifted: 0,
  changed: 0,
  skipped: 0,
  declined: 0,
  stale: 0,
  reverted: 0,
  failed: 0,
  unreachable: 0,
  'guard-unknown': 0,
};
