import type { Change } from '#resources/resource.js';
import { measurementText } from '#units/seconds.js';
import type { Finding, HostPlan } from './plan.js';

/**
 * What a verification still waits for, in words a person reads; empty when the host is done. Findings that no waiting and
 * no change of this plan could settle (another configuration file's `local stratum`, say) are not waited for. A plan that
 * only watches a clock (`planned`, strategy `monitor`) promises no more than that: what stood against the host before it
 * is not waited for either.
 */
export function waitingFor(plan: HostPlan, planned: HostPlan | null = null): readonly string[] {
  const before = planned?.strategy.taken === 'monitor' ? openRules(planned) : NONE;
  const findings = plan.findings.filter((finding) => finding.rule === 'phc/watched' || !before.has(finding.rule));
  return [...plan.changes.map(pendingChange), ...findings.flatMap(unsettled)];
}

function openRules({ findings }: HostPlan): ReadonlySet<string> {
  return new Set(
    findings.filter(({ status }) => status === 'violation' || status === 'unknown').map(({ rule }) => rule),
  );
}

const NONE: ReadonlySet<string> = new Set();

/** Why waiting cannot help, or null. */
export function mustRevert(plan: HostPlan): string | null {
  const offset = openViolation(plan, 'clock/offset');
  if (offset === null) return null;
  const isFollowing = FOLLOWING.every((rules) => rules.some((rule) => isFine(plan, rule)));
  if (!isFollowing || plan.changes.length > 0) return null;
  return (
    `The daemon follows its source and has nothing left to correct, but by our own measurement ` +
    `the clock is wrong by ${measurementText(offset.measured)}, more than ${measurementText(offset.limit)}.`
  );
}

/** Of each group one rule is in sync when the daemon has done all it will do. */
const FOLLOWING = [['clock/synchronised'], ['phc/selected', 'sources/selected'], ['clock/daemon-offset']] as const;

const WAITED_FOR: ReadonlySet<string> = new Set([
  'clock/offset',
  'phc/watched',
  'playbook/resource',
  ...FOLLOWING.flat(),
]);

function pendingChange({ kind, name }: Change): string {
  return `${kind} ${name} is not as planned`;
}

function unsettled(finding: Finding): string[] {
  if (!WAITED_FOR.has(finding.rule) || finding.waived !== null) return [];
  switch (finding.status) {
    case 'in-sync':
      return [];
    case 'violation':
      return [`${finding.rule}: ${measurementText(finding.measured)}, wanted ${measurementText(finding.limit)}`];
    case 'drift':
      return [];
    case 'unknown':
      // The measured offset is within the limit as far as anybody can tell from here.
      if (finding.problem.code === 'checks/offset-uncertain') return [];
      // Nor can anybody tell here: the daemon's word is all there is.
      if (finding.problem.code === 'checks/offset-itself') return [];
      // One of a list that a sentence is made of: without a full stop of its own.
      return [`${finding.rule}: ${finding.problem.detail.replace(/\.$/, '')}`];
  }
}

function openViolation(plan: HostPlan, rule: string) {
  const found = plan.findings.find((finding) => finding.rule === rule);
  return found?.status === 'violation' && found.waived === null ? found : null;
}

function isFine(plan: HostPlan, rule: string): boolean {
  return plan.findings.some((finding) => finding.rule === rule && finding.status === 'in-sync');
}
