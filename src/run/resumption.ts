import type { HostPlan } from '#plan/plan.js';
import type { Event } from './event.js';
import { reduce } from './reduce.js';
import type { RunState } from './run-state.js';

/** What a run that was cut off, or stopped, left to do. */
export interface Resumption {
  readonly state: RunState;
  /** A transaction was begun and its end is not known here: only the host knows. */
  readonly inFlight: readonly InFlight[];
  /** Approved, and not begun. */
  readonly waiting: readonly { readonly host: string; readonly plan: HostPlan }[];
}

export interface InFlight {
  readonly host: string;
  readonly plan: HostPlan;
  readonly transaction: string;
  readonly guardSeconds: number;
  /** Whether the host had said that its guard was armed. */
  readonly begun: boolean;
}

/**
 * Folds the events of a run, whole or as far as they were stored. An approval counts for the plan with the digest that it names
 * and for no other. Null: no run begins in these events.
 */
export function resumptionOf(events: Iterable<Event>): Resumption | null {
  let state: RunState | null = null;
  const approved = new Map<string, string>();
  const guards = new Map<string, number>();
  const begun = new Set<string>();
  for (const event of events) {
    state = reduce(state, event);
    if (event.type === 'host-approved') approved.set(event.host, event.planDigest);
    if (event.type === 'apply-started') guards.set(event.host, event.guardSeconds);
    if (event.type === 'host-applied' || isGuardStep(event)) begun.add(event.host);
  }
  if (state === null || state.run === '') return null;
  const hosts = [...state.hosts.values()];
  return {
    state,
    inFlight: hosts.flatMap(({ host, plan, transaction, outcome }) =>
      plan !== null && transaction !== null && (outcome === null || outcome === 'guard-unknown')
        ? [{ host, plan, transaction, guardSeconds: guards.get(host) ?? 0, begun: begun.has(host) }]
        : [],
    ),
    waiting: hosts.flatMap(({ host, plan, transaction, outcome }) =>
      plan !== null &&
      transaction === null &&
      (outcome === null || outcome === 'skipped') &&
      approved.get(host) === plan.planDigest
        ? [{ host, plan }]
        : [],
    ),
  };
}

/** `none` is said of an image, which has no guard: from there on too it may be changed. */
function isGuardStep(event: Event): event is Extract<Event, { type: 'apply-step' }> {
  return event.type === 'apply-step' && event.step === 'guard' && (event.detail === 'armed' || event.detail === 'none');
}
