import { findRejected } from '#config/find-rejected.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import type { ResolvedSettings } from '#settings/settings.js';
import { waiverReason } from '#settings/waivers.js';
import { hasWork } from './has-work.js';
import type { HostPlan } from './plan.js';
import { startsDaemon } from './starts-daemon.js';

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

/**
 * Refuses a saved plan or a rollback that would start chronyd with a configuration that chronyd rejects. Null: chronyd is not started,
 * would start, or the rule is waived; `today` is the ISO date.
 */
export function refuseRestart(
  plan: Pick<HostPlan, 'changes' | 'actions'>,
  facts: Facts,
  { settings }: ResolvedSettings,
  today: string,
): Problem | null {
  const unit = findDaemon(facts, 'chrony')?.unit;
  if (unit === undefined || !startsDaemon(plan, unit)) return null;
  if (waiverReason(settings.waivers, 'chrony/config-accepted', today) !== null) return null;
  return findRejected(
    facts,
    plan.changes.flatMap((one) => (one.kind === 'file' ? [one] : [])),
  );
}
