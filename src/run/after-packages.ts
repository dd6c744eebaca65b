import { hasPendingChanges } from './exit-code.js';
import type { HostState, RunState } from './run-state.js';

/** Its packages came in this run, and what is to be changed now was planned, but nobody has seen it. */
export function waitsAfterPackages(host: HostState): boolean {
  return host.outcome === 'drifted' && host.packageWork?.state === 'done' && hasPendingChanges(host);
}

/** The hosts of a run that go on with a review of their own, by name; none where the run was interrupted. */
export function hostsAfterPackages(state: RunState): ReadonlySet<string> {
  if (state.kind !== 'run' || state.interrupted !== null) return new Set();
  return new Set([...state.hosts.values()].filter(waitsAfterPackages).map(({ host }) => host));
}
