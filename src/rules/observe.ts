import type { Evidence } from '#checks/verdict.js';
import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import { fewOf } from './evidence.js';
import type { Observation } from './observation.js';
import type { KnownRuleId } from './rules.js';

export function inSync(rule: KnownRuleId, seen: readonly Evidence[] = []): Observation {
  return { rule, verdict: { status: 'in-sync' }, evidence: fewOf(seen) };
}

/** `measured` is what is there, `limit` what should be. */
export function violation(rule: KnownRuleId, measured: string, limit: string, seen: readonly Evidence[]): Observation {
  return {
    rule,
    verdict: {
      status: 'violation',
      measured: { value: printable(measured.slice(0, MOST_TEXT)), unit: '', bound: null },
      limit: { value: limit, unit: '', bound: null },
    },
    evidence: fewOf(seen),
  };
}

export function unknown(rule: KnownRuleId, problem: Problem, seen: readonly Evidence[] = []): Observation {
  return { rule, verdict: { status: 'unknown', problem }, evidence: fewOf(seen) };
}

/** A host chooses how long what it says is. */
const MOST_TEXT = 1000;
