import { printable } from '#errors/printable.js';
import { type Fold, foldPlans } from '#plan/fold.js';
import { hasWork } from '#plan/has-work.js';
import type { HostPlan, Severity } from '#plan/plan.js';
import { isOpen } from '#run/count-findings.js';
import type { HostState } from '#run/run-state.js';
import { worstSeverity } from './severity.js';

/** Hosts whose plans make the same edits and actions: read once, decided once. */
export interface HostGroup {
  readonly foldKey: string;
  /** In the inventory's order; the first one stands for all. */
  readonly hosts: readonly string[];
  /** `chrony.conf, chrony.service` */
  readonly title: string;
  /** Of one host, all its actions together. */
  readonly withoutSyncSeconds: number;
  readonly mayStep: boolean;
  readonly worst: Severity | null;
}

/** Groups of the hosts that have changes, the largest first. */
export function groupHosts(states: Iterable<HostState>): readonly HostGroup[] {
  const plans = [...states].flatMap(({ plan }) => (plan !== null && hasWork(plan) ? [plan] : []));
  return foldPlans(plans)
    .map(describe)
    .sort((a, b) => b.hosts.length - a.hosts.length);
}

/** What a plan costs while it is applied. */
export function planCost(plan: HostPlan): { readonly withoutSyncSeconds: number; readonly mayStep: boolean } {
  return {
    withoutSyncSeconds: plan.actions.reduce((sum, action) => sum + action.withoutSyncSeconds, 0),
    mayStep: plan.actions.some(({ mayStep }) => mayStep),
  };
}

function describe({ foldKey, plans }: Fold): HostGroup {
  const [plan] = plans;
  return {
    foldKey,
    hosts: plans.map(({ host }) => host),
    title: [...(plan.packages === null ? [] : ['packages']), ...plan.changes.map(({ name }) => lastPart(name))].join(
      ', ',
    ),
    ...planCost(plan),
    worst: worstSeverity(plans.flatMap(({ findings }) => findings).filter(isOpen)),
  };
}

function lastPart(name: string): string {
  return printable(name.slice(name.lastIndexOf('/') + 1));
}
