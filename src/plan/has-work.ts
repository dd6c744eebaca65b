import type { HostPlan } from './plan.js';

/** Whether there is anything to approve: a change, or a package. */
export function hasWork({ changes, packages }: HostPlan): boolean {
  return changes.length > 0 || packages !== null;
}
