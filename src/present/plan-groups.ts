import { printable } from '#errors/printable.js';
import { hasWork } from '#plan/has-work.js';
import type { HostPlan, Severity } from '#plan/plan.js';
import type { HostState } from '#run/run-state.js';
import { worstSeverity } from './findings.js';
import { groupBy } from './group-by.js';

/** Hosts that are shown as one; the first one speaks for all. */
export type HostGroup = readonly [HostState, ...HostState[]];

/** Hosts whose plans make the same edits and actions: read once, decided once. */
export interface PlanGroup {
  readonly foldKey: string;
  /** In the inventory's order. */
  readonly hosts: readonly string[];
  /** `chrony.conf, chrony.service` */
  readonly title: string;
  /** Of one host, all its actions together. */
  readonly withoutSyncSeconds: number;
  readonly mayStep: boolean;
  readonly worst: Severity | null;
}

/** Groups of the hosts that have changes, the largest first. */
export function planGroups(states: Iterable<HostState>): readonly PlanGroup[] {
  return groupByPlan([...states].filter(({ plan }) => plan !== null && hasWork(plan))).flatMap(describe);
}

/** Hosts with the same edits and actions, the largest group first. */
export function groupByPlan(hosts: Iterable<HostState>): readonly HostGroup[] {
  return groupBy(hosts, ({ plan }) => plan?.foldKey ?? '').toSorted((a, b) => b.length - a.length);
}

/** What a plan costs while it is applied. */
export function planCost(plan: HostPlan): { readonly withoutSyncSeconds: number; readonly mayStep: boolean } {
  return {
    withoutSyncSeconds: plan.actions.reduce((sum, action) => sum + action.withoutSyncSeconds, 0),
    mayStep: plan.actions.some(({ mayStep }) => mayStep),
  };
}

function describe(group: HostGroup): readonly PlanGroup[] {
  const [{ plan }] = group;
  if (plan === null) return [];
  const names = [...(plan.packages === null ? [] : ['packages']), ...plan.changes.map(({ name }) => lastPart(name))];
  return [
    {
      foldKey: plan.foldKey,
      hosts: group.map(({ host }) => host),
      title: names.join(', '),
      ...planCost(plan),
      worst: worstSeverity(group.flatMap((host) => host.plan?.findings ?? [])),
    },
  ];
}

function lastPart(name: string): string {
  return printable(name.slice(name.lastIndexOf('/') + 1));
}
