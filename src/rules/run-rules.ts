import { readConfig } from '#config/read-config.js';
import type { Facts } from '#facts/facts.js';
import type { Settings } from '#settings/settings.js';
import type { Answer, Condition } from './answer.js';
import { CHRONY_CONDITIONS } from './chrony.js';
import { CLOCK_CONDITIONS } from './clock.js';
import { COMPLIANCE_CONDITIONS } from './compliance.js';
import { DAEMON_CONDITIONS } from './daemon.js';
import { HYPERV_CONDITIONS } from './hyperv.js';
import { NTPD_CONDITIONS } from './ntpd.js';
import type { Observation } from './observation.js';
import { PHC_CONDITIONS } from './phc.js';
import type { ComplianceRuleId, ObservedRuleId } from './rules.js';
import { type Seen, seenOf } from './seen.js';
import { SOURCES_CONDITIONS } from './sources.js';

const OBSERVED: Record<ObservedRuleId, Condition> = {
  ...CHRONY_CONDITIONS,
  ...CLOCK_CONDITIONS,
  ...DAEMON_CONDITIONS,
  ...HYPERV_CONDITIONS,
  ...NTPD_CONDITIONS,
  ...PHC_CONDITIONS,
  ...SOURCES_CONDITIONS,
};

const COMPLIANCE: Record<ComplianceRuleId, Condition> = COMPLIANCE_CONDITIONS;

const ENTRIES = Object.entries(OBSERVED) as readonly (readonly [ObservedRuleId, Condition])[];

/**
 * The violations of the rules that have a condition of their own. Rules that hold, that do not apply or that cannot be told add
 * nothing: `answerRules` gives all of them.
 */
export function observeRules(seen: Seen): Observation[] {
  const found: Observation[] = [];
  for (const [rule, judge] of ENTRIES) {
    const answer = judge(seen);
    if (answer !== null && answer !== 'holds' && answer.verdict.status === 'violation') found.push({ rule, ...answer });
  }
  return found;
}

export interface RuleAnswer {
  readonly rule: ObservedRuleId | ComplianceRuleId;
  readonly answer: Answer;
}

/** What every rule with a condition of its own says of a host, those of compliance included; sorted by id. */
export function answerRules(facts: Facts, settings: Settings): readonly RuleAnswer[] {
  const seen = seenOf(facts, settings, readConfig(facts));
  return Object.entries({ ...OBSERVED, ...COMPLIANCE })
    .map(([rule, judge]) => ({ rule: rule as RuleAnswer['rule'], answer: judge(seen) }))
    .toSorted((left, right) => (left.rule < right.rule ? -1 : 1));
}
