import type { HostPlan } from './plan.js';

/** Hosts whose plans make the same edits and actions; reviewing one is reviewing all. */
export interface Fold {
  readonly foldKey: string;
  /** In the given order; the first one is the example that is shown. */
  readonly plans: readonly [HostPlan, ...HostPlan[]];
}

/** Groups plans by their foldKey, in the order of first appearance. */
export function foldPlans(plans: readonly HostPlan[]): readonly Fold[] {
  const byKey = new Map<string, [HostPlan, ...HostPlan[]]>();
  for (const plan of plans) {
    const group = byKey.get(plan.foldKey);
    if (group === undefined) byKey.set(plan.foldKey, [plan]);
    else group.push(plan);
  }
  return [...byKey].map(([foldKey, group]) => ({ foldKey, plans: group }));
}
