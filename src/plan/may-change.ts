import { whyUntrusted } from '#config/untrusted.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { kindOf } from '#resources/kinds.js';
import type { ResolvedSettings } from '#settings/settings.js';
import { unsettledOn } from './open-transactions.js';
import type { HostPlan } from './plan.js';
import { refuseChange } from './refuse-change.js';
import { refuseRestart } from './rejected-config.js';
import { findStale } from './stale.js';
import { startsDaemon } from './starts-daemon.js';

/** Why a plan is not applied, and how its host ends. */
export interface Refusal {
  readonly outcome: 'stale' | 'failed';
  readonly problem: Problem;
}

type Gate = (plan: HostPlan, facts: Facts, settings: ResolvedSettings, today: string) => Refusal | null;

/**
 * Whether this plan may be applied to the host that the facts show: every gate before a change but the maintenance window, which
 * depends on the hour and is asked when the host's turn comes. Null: it may. A plan that was just made of these facts passes most gates;
 * they are for saved plans, rollbacks and resumed runs. `today` is the ISO date, for waivers that expire.
 */
export function mayChange(plan: HostPlan, facts: Facts, settings: ResolvedSettings, today: string): Refusal | null {
  for (const gate of GATES) {
    const refusal = gate(plan, facts, settings, today);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** The first that refuses is told. */
const GATES: readonly Gate[] = [
  function nothingIsOpen(_plan, facts) {
    const unsettled = unsettledOn(facts);
    return unsettled.kind === 'none' ? null : failed(unsettled.problem);
  },
  function theHostIsAsPlanned({ changes }, facts) {
    return stale(findStale(changes, facts));
  },
  function anImageIsOnlyWritten(plan, { place }) {
    if (place !== 'image' || !needsRunningSystem(plan)) return null;
    return stale(problem('plan/stale', 'The plan was made for a running system, and this host is an image tree.'));
  },
  function everyChangeIsAllowed({ changes }, facts, { settings }) {
    for (const change of changes) {
      const refused = refuseChange(change, facts, settings.protectedNames);
      if (refused !== null) return failed(refused);
    }
    return null;
  },
  function daemonsReadFilesOfRootOnly(plan, { daemons }) {
    const why = daemons.filter(({ unit }) => startsDaemon(plan, unit)).map(whyUntrusted);
    const [first] = why.filter((one) => one !== null);
    return first === undefined ? null : failed(problem('policy/untrusted-config', printable(first)));
  },
  function chronydWouldStart(plan, facts, settings, today) {
    return failed(refuseRestart(plan, facts, settings, today));
  },
];

function needsRunningSystem({ changes, actions, packages }: HostPlan): boolean {
  const starts = (change: HostPlan['changes'][number]) =>
    change.kind === 'service' && change.after?.active === true && change.before?.active !== true;
  return packages !== null || actions.length > 0 || changes.some((one) => kindOf(one).image === null || starts(one));
}

function stale(problem: Problem | null): Refusal | null {
  return problem === null ? null : { outcome: 'stale', problem };
}

function failed(problem: Problem | null): Refusal | null {
  return problem === null ? null : { outcome: 'failed', problem };
}
