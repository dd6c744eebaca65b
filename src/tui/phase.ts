import { hasWork } from '#plan/has-work.js';
import type { HostState, RunState } from '#run/run-state.js';

/** Where the run stands, as the screen sees it. */
export type Phase = 'reading' | 'review' | 'applying' | 'done';

/** `sent`: the person has decided; a run that nobody has to approve is recognised by its hosts. */
export function phaseOf(state: RunState, sent: boolean): Phase {
  if (state.finishedAt !== null) return 'done';
  const hosts = [...state.hosts.values()];
  if (sent || hosts.some(isBeyondReview)) return 'applying';
  return hosts.every(isSettled) ? 'review' : 'reading';
}

/** Assessed, or ended before: nothing more will be read of it. */
export function isSettled(host: HostState): boolean {
  return host.stage !== 'waiting' && host.stage !== 'connecting' && host.stage !== 'probing';
}

/**
 * The digest that an approval of this host binds to; null when there is nothing to approve, when the preflight already
 * showed that the change would fail, or while it is not known which packages would come and go.
 */
export function approvableDigest(host: HostState): string | null {
  if (host.stage !== 'assessed' || host.outcome !== null || host.problem !== null || host.plan === null) return null;
  // what would be installed is not known until the host's package manager has said it
  if (host.plan.packages?.preview === null) return null;
  return hasWork(host.plan) ? host.plan.planDigest : null;
}

function isBeyondReview(host: HostState): boolean {
  return (
    host.stage === 'approved' || host.stage === 'applying' || host.stage === 'verifying' || host.transaction !== null
  );
}
