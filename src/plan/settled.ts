import type { Change } from '#resources/resource.js';
import type { Awaited } from '#rules/rule.js';
import { ruleOf } from '#rules/rules.js';
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
  const findings = plan.findings.filter(
    (finding) => awaitedOf(finding) === 'watched-clock' || !before.has(finding.rule),
  );
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
  const offset = openViolation(plan, 'clock');
  if (offset === null) return null;
  const isFollowing = FOLLOWING.every((part) => isFine(plan, part));
  if (!isFollowing || plan.changes.length > 0) return null;
  return (
    `The daemon follows its source and has nothing left to correct, but by our own measurement ` +
    `the clock is wrong by ${measurementText(offset.measured)}, more than ${measurementText(offset.limit)}.`
  );
}

/** Of each part one rule is in sync when the daemon has done all it will do. */
const FOLLOWING = ['synchronised', 'source', 'daemon-offset'] as const satisfies readonly Awaited[];

function awaitedOf({ rule }: Finding): Awaited | null {
  return ruleOf(rule).awaited ?? null;
}

function pendingChange({ kind, name }: Change): string {
  return `${kind} ${name} is not as planned`;
}

function unsettled(finding: Finding): string[] {
  if (awaitedOf(finding) === null || finding.waived !== null) return [];
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

function openViolation(plan: HostPlan, part: Awaited) {
  const found = plan.findings.find((finding) => awaitedOf(finding) === part);
  return found?.status === 'violation' && found.waived === null ? found : null;
}

function isFine(plan: HostPlan, part: Awaited): boolean {
  return plan.findings.some((finding) => awaitedOf(finding) === part && finding.status === 'in-sync');
}
