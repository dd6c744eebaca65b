import { type Problem, problem } from '#errors/problem.js';
import { hasWork } from './has-work.js';
import type { HostPlan } from './plan.js';

/**
 * Refuses a host where something should be changed and chronyd rejects its present configuration, also where something else already
 * holds the plan back: the host would not come back from its next restart. Null for every other host.
 */
export function rejectedConfigOf(plan: HostPlan): Problem | null {
  const isDrifted = plan.findings.some(({ status, waived }) => status === 'drift' && waived === null);
  if (hasWork(plan) || !isDrifted) return null;
  if (plan.refused?.code === 'policy/config-rejected') return plan.refused;
  const found = plan.findings.find(({ rule, waived }) => rule === 'chrony/config-accepted' && waived === null);
  return found?.status === 'violation' ? problem('policy/config-rejected', found.sentence) : null;
}
