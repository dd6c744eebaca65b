import type { Problem } from '#errors/problem.js';
import { hasWork } from './has-work.js';
import type { HostPlan } from './plan.js';

/**
 * Refuses a host where something should be changed and chronyd rejects its present configuration: the plan holds nothing back in
 * silence. Null for every other host.
 */
export function rejectedConfigOf(plan: HostPlan): Problem | null {
  const isDrifted = plan.findings.some(({ status, waived }) => status === 'drift' && waived === null);
  if (hasWork(plan) || !isDrifted) return null;
  return plan.refused?.code === 'policy/config-rejected' ? plan.refused : null;
}
