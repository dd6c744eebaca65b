import type { Outcome } from './outcome.js';

/**
 * Whether a host that ended so counts against `rollout.max_fail`, docs/user/rollout.md: it was to be changed, or looked at, and
 * did not come to a good end. What a person left alone does not count.
 */
export function countsAsFailed(outcome: Outcome | null): boolean {
  return outcome !== null && COUNTS[outcome];
}

const COUNTS: { readonly [O in Outcome]: boolean } = {
  'in-sync': false,
  drifted: false,
  changed: false,
  skipped: false,
  declined: false,
  stale: true,
  reverted: true,
  failed: true,
  unreachable: true,
  'guard-unknown': true,
};
