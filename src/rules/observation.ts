import type { Evidence, Verdict } from '#checks/verdict.js';
import type { KnownRuleId } from './rules.js';

/** What a rule says about the host where nothing is to be set. */
export interface Observation {
  readonly rule: KnownRuleId;
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}
