import type { Condition } from './answer.js';
import { CHRONY_RULES } from './chrony.js';
import { CHRONY_DIRECTIVE_RULES } from './chrony-directives.js';
import { CLOCK_RULES } from './clock.js';
import { COMPLIANCE_RULES } from './compliance.js';
import { DAEMON_RULES } from './daemon.js';
import { HOST_RULES } from './host.js';
import { HYPERV_RULES } from './hyperv.js';
import { NTPD_RULES } from './ntpd.js';
import { PHC_RULES } from './phc.js';
import { PHC_REFCLOCK_RULES } from './phc-refclock.js';
import type { Rule } from './rule.js';
import { SOURCES_RULES } from './sources.js';
import { TIMESYNCD_RULES } from './timesyncd.js';

const BY_SUBJECT = [
  ...CHRONY_RULES,
  ...CHRONY_DIRECTIVE_RULES,
  ...CLOCK_RULES,
  ...COMPLIANCE_RULES,
  ...DAEMON_RULES,
  ...HOST_RULES,
  ...HYPERV_RULES,
  ...NTPD_RULES,
  ...PHC_RULES,
  ...PHC_REFCLOCK_RULES,
  ...SOURCES_RULES,
  ...TIMESYNCD_RULES,
] as const;

type KnownRule = Rule & (typeof BY_SUBJECT)[number];
export type KnownRuleId = KnownRule['id'];
/** Rules with a condition of their own. */
export type ObservedRuleId = Extract<KnownRule, { readonly condition: Condition }>['id'];

/** All rules, sorted by id. */
export const RULES: readonly KnownRule[] = BY_SUBJECT.toSorted((left, right) => (left.id < right.id ? -1 : 1));

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

/** Whether only a regime of compliance asks for that rule: it is judged where compliance is shown, and is never a finding. */
export function isOfCompliance(id: string): boolean {
  return COMPLIANCE_IDS.has(id);
}

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));
const COMPLIANCE_IDS: ReadonlySet<string> = new Set(COMPLIANCE_RULES.map(({ id }) => id));
