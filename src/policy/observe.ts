import type { Evidence } from '#checks/verdict.js';
import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import type { Observation } from './policy.js';
import type { KnownRuleId } from './rules.js';

/** Evidence made safe to show; a line end is dropped. */
export function evidence(where: string, text: string): Evidence {
  return { where: printable(where), text: printable(text.trimEnd()) };
}

export function inSync(rule: KnownRuleId, seen: readonly Evidence[] = []): Observation {
  return { rule, verdict: { status: 'in-sync' }, evidence: seen };
}

/** `measured` is what is there, `limit` what should be. */
export function violation(rule: KnownRuleId, measured: string, limit: string, seen: readonly Evidence[]): Observation {
  return {
    rule,
    verdict: {
      status: 'violation',
      measured: { value: printable(measured), unit: '', bound: null },
      limit: { value: limit, unit: '', bound: null },
    },
    evidence: seen,
  };
}

export function unknown(rule: KnownRuleId, problem: Problem, seen: readonly Evidence[] = []): Observation {
  return { rule, verdict: { status: 'unknown', problem }, evidence: seen };
}
