import pLimit from 'p-limit';
import type { Problem } from '#errors/problem.js';
import type { Outcome } from '#run/outcome.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import type { HostTask } from './host-task.js';
import { outcomeOf, problemOf } from './trouble.js';

/** A host, or something that is to be done to one. */
type OfHost = HostTask | { readonly task: HostTask };

/** How a fleet is walked. */
export interface Walk {
  /** How a host ends whose work rejects. */
  readonly outcomeOf: (problem: Problem) => Outcome;
  /** True: an interruption skips no host, because changes are open on all of them. */
  readonly inFlight: boolean;
}

const DEFAULT_WALK: Walk = { outcomeOf, inFlight: false };

/**
 * Does the work on every host, `forks` at a time. A host whose work rejects is finished with that problem, and the others go on.
 * Hosts that are not begun when the run is interrupted are finished as skipped.
 */
export async function forEachHost<T extends OfHost>(
  items: readonly T[],
  deps: Pick<EngineDeps, 'forks' | 'finishSignal' | 'emit'>,
  work: (item: T) => Promise<unknown>,
  how: Partial<Walk> = {},
): Promise<void> {
  const walk = { ...DEFAULT_WALK, ...how };
  const limit = pLimit(deps.forks);
  const begin = async (item: T) => {
    const host = nameOf(item);
    if (deps.finishSignal.aborted && !walk.inFlight) finishHost(host, { outcome: 'skipped' }, deps);
    else await orFinish(host, deps, () => work(item), walk.outcomeOf);
  };
  await Promise.all(items.map((item) => limit(() => begin(item))));
}

/** Gives what the work gives, or how the host ended whose work rejected. */
export async function orFinish<T>(
  host: string,
  deps: Pick<EngineDeps, 'emit'>,
  work: () => Promise<T>,
  outcomeOf: Walk['outcomeOf'],
): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    return finishHost(host, { outcome: outcomeOf(problem), problem }, deps);
  }
}

function nameOf(item: OfHost): string {
  return ('task' in item ? item.task : item).host.name;
}
