import { type Problem, problem } from '#errors/problem.js';
import { hasWork } from './has-work.js';
import type { HostPlan } from './plan.js';

/**
 * Why a host is refused whose chronyd rejects its present configuration, while something on it should be changed: the plan
 * holds nothing back in silence. Null for every other host.
 */
export function rejectedConfigOf(plan: HostPlan): Problem | null {
  if (hasWork(plan) || !plan.findings.some(({ status, waived }) => status === 'drift' && waived === null)) return null;
  const found = plan.findings.find(({ rule, waived }) => rule === 'chrony/config-accepted' && waived === null);
  if (found?.status !== 'violation') return null;
  const [seen] = found.evidence;
  const line = seen === undefined ? '' : ` ${seen.where}: ${seen.text}`;
  return problem('policy/config-rejected', `chronyd says: ${found.measured.value}.${line}`);
}
