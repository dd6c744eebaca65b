import type { Problem } from '#errors/problem.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { readState, sameState } from '#resources/compare.js';
import type { Change } from '#resources/resource.js';

/** Why a plan no longer fits the host: the first change whose `before` is not what is there now. Null: it fits. */
export function findStale(changes: readonly Change[], facts: Facts): Problem | null {
  for (const change of changes) {
    const reading = readState(change.kind, facts, change.name);
    if (!reading.known) return problem('plan/stale', `${change.name} is not known now: ${reading.problem.detail}`);
    if (!sameState(change.kind, reading.state, change.before)) {
      return problem('plan/stale', `The ${change.kind} ${change.name} was changed since the plan was made.`);
    }
  }
  return null;
}
