import type { Rule } from './rule.js';
import { COMPLIANCE_RULES } from './rules-compliance.js';
import { DECIDED_RULES } from './rules-decided.js';
import { OBSERVED_RULES } from './rules-observed.js';

/** Rules with a condition of their own (CONDITIONS of each subject), which is judged on every host. */
export type ObservedRuleId = (typeof OBSERVED_RULES)[number]['id'];
/** Rules that only a regime of compliance asks for: judged where compliance is shown, and never a finding. */
export type ComplianceRuleId = (typeof COMPLIANCE_RULES)[number]['id'];
export type KnownRuleId = (typeof DECIDED_RULES)[number]['id'] | ObservedRuleId | ComplianceRuleId;

/** All rules, sorted by id. */
export const RULES: readonly Rule[] = [...DECIDED_RULES, ...OBSERVED_RULES, ...COMPLIANCE_RULES].toSorted(
  (left, right) => (left.id < right.id ? -1 : 1),
);

/** The rule of that id; an id that no rule has is a bug, which the type prevents. */
export function ruleOf(id: string): Rule {
  const rule = BY_ID.get(id);
  if (rule === undefined) throw new Error(`no rule has the id ${id}`);
  return rule;
}

/** Whether changes for that rule are what the playbook names one by one; false too for the id of a rule that is not known here. */
export function isOfPlaybook(id: string): boolean {
  return BY_ID.get(id)?.origin === 'playbook';
}

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));
