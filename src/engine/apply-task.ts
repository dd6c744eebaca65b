import { mayChange } from '#plan/may-change.js';
import type { HostPlan } from '#plan/plan.js';
import type { Outcome } from '#run/outcome.js';
import type { Assessed } from './assess-fleet.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import type { HostTask } from './host-task.js';
import type { StandingOf } from './settle-host.js';

declare const GATED: unique symbol;

/** What is to be done to one host, and how a new probe is judged afterwards. Only `gateChange` makes one. */
export interface ApplyTask extends Proof {
  readonly task: HostTask;
  readonly plan: HostPlan;
  /** What the probe reads beside all else: `askedBy`. */
  readonly asked: readonly string[];
  readonly [GATED]: true;
}

export interface Proof {
  readonly standingOf: StandingOf;
  /** In a rollback: the work on packages that is taken back. */
  readonly undoes?: string;
}

export type Gated =
  | { readonly may: true; readonly item: ApplyTask }
  /** The host is finished. */
  | { readonly may: false; readonly outcome: Outcome };

/**
 * Lets a plan through that `mayChange` lets through, and finishes the host of any other. Nothing is applied that did not come this way:
 * docs/decisions/gates-before-a-change.md.
 */
export function gateChange(
  { task, probed, plan, asked }: Omit<Assessed, 'notes'>,
  proof: Proof,
  deps: Pick<EngineDeps, 'emit' | 'today'>,
): Gated {
  const refusal = mayChange(plan, probed.facts, task.settings, deps.today);
  if (refusal === null) return { may: true, item: { task, plan, asked, ...proof } as ApplyTask };
  const { clock } = probed.snapshot;
  return { may: false, outcome: finishHost(task.host.name, { ...refusal, clock }, deps) };
}
