import type { Problem } from '#errors/problem.js';
import type { Outcome } from '#run/outcome.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { EngineDeps } from './deps.js';

/** How a host ended. What the last look at it saw is left out where nobody looked again. */
export interface HostEnd {
  readonly outcome: Outcome;
  readonly problem?: Problem | null;
  readonly clock?: ClockMeasurement | null;
  readonly source?: string | null;
  /** What keeps the time now. */
  readonly daemon?: string | null;
}

/** Ends a host in this run: the one place that emits `host-finished`. Gives the outcome. */
export function finishHost(host: string, end: HostEnd, { emit }: Pick<EngineDeps, 'emit'>): Outcome {
  const { outcome, problem = null, clock = null, source = null, daemon } = end;
  const seen = { clock, source, ...(daemon === undefined ? {} : { daemon }) };
  emit({ type: 'host-finished', host, outcome, problem, ...seen });
  return outcome;
}
