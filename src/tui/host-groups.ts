import { printable } from '#errors/printable.js';
import type { HostPlan, Severity } from '#plan/plan.js';
import type { HostState } from '#run/run-state.js';
import { isOpen, worstSeverity } from './severity.js';

/** Hosts whose plans make the same edits and actions: read once, decided once. */
export interface HostGroup {
  readonly foldKey: string;
  /** In the inventory's order; the first one stands for all. */
  readonly hosts: readonly string[];
  /** `chrony.conf, chrony.service` */
  readonly title: string;
  readonly changes: number;
  readonly restarts: readonly string[];
  /** Of one host, all its actions together. */
  readonly withoutSyncSeconds: number;
  readonly mayStep: boolean;
  readonly worst: Severity | null;
}

/** Groups of the hosts that have changes, the largest first. */
export function groupHosts(states: Iterable<HostState>): readonly HostGroup[] {
  const groups = new Map<string, { readonly plan: HostPlan; readonly hosts: string[] }>();
  for (const { host, plan } of states) {
    if (plan === null || plan.changes.length === 0) continue;
    const group = groups.get(plan.foldKey);
    if (group === undefined) groups.set(plan.foldKey, { plan, hosts: [host] });
    else group.hosts.push(host);
  }
  return [...groups.values()].map(describe).sort((a, b) => b.hosts.length - a.hosts.length);
}

/** What a plan costs while it is applied. */
export function planCost(plan: HostPlan): { readonly withoutSyncSeconds: number; readonly mayStep: boolean } {
  return {
    withoutSyncSeconds: plan.actions.reduce((sum, action) => sum + action.withoutSyncSeconds, 0),
    mayStep: plan.actions.some(({ mayStep }) => mayStep),
  };
}

function describe({ plan, hosts }: { readonly plan: HostPlan; readonly hosts: readonly string[] }): HostGroup {
  return {
    foldKey: plan.foldKey,
    hosts,
    title: plan.changes.map(({ name }) => printable(name.slice(name.lastIndexOf('/') + 1))).join(', '),
    changes: plan.changes.length,
    restarts: plan.actions.filter(({ kind }) => kind === 'restart').map(({ name }) => printable(name)),
    ...planCost(plan),
    worst: worstSeverity(plan.findings.filter(isOpen)),
  };
}
