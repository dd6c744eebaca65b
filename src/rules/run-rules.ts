import { readConfig } from '#config/read-config.js';
import type { Facts } from '#facts/facts.js';
import type { Settings } from '#settings/settings.js';
import type { Answer } from './answer.js';
import type { Observation } from './observation.js';
import { isOfCompliance, type ObservedRuleId, RULES } from './rules.js';
import { type Seen, seenOf } from './seen.js';

/**
 * The violations of the rules that have a condition of their own. Rules that hold, that do not apply or that cannot be told add
 * nothing: `answerRules` gives all of them.
 */
export function observeRules(seen: Seen): Observation[] {
  return judgeRules(FINDING_RULES, seen).flatMap(({ rule, answer }) =>
    answer !== null && answer !== 'holds' && answer.verdict.status === 'violation' ? [{ rule, ...answer }] : [],
  );
}

export interface RuleAnswer {
  readonly rule: ObservedRuleId;
  readonly answer: Answer;
}

/** What every rule with a condition of its own says of a host, those of compliance included; sorted by id. */
export function answerRules(facts: Facts, settings: Settings): readonly RuleAnswer[] {
  return judgeRules(RULES, seenOf(facts, settings, readConfig(facts)));
}

/** Those whose violation is a finding: on every host of an audit only these are judged. */
const FINDING_RULES = RULES.filter(({ id }) => !isOfCompliance(id));

function judgeRules(rules: typeof RULES, seen: Seen): readonly RuleAnswer[] {
  return rules.flatMap(({ id, condition }) => (condition === null ? [] : [{ rule: id, answer: condition(seen) }]));
}
