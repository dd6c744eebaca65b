import type { Evidence, Measurement, Verdict } from '#checks/verdict.js';
import { stageOf } from '#errors/problem.js';
import { ruleOf } from './rules.js';

/** What a rule found: a verdict, or a difference that a change answers. */
export type Judged = Verdict | { readonly status: 'drift' };

/**
 * What is said of a host for a finding of that rule: that all is well, what is wrong with the thing that is wrong where it is known,
 * why tsync decided not to mend it, or why it could not be told.
 */
export function sentenceOf(id: string, judged: Judged, evidence: readonly Evidence[]): string {
  const { sentence, broken, brokenAt } = ruleOf(id);
  switch (judged.status) {
    case 'in-sync':
      return sentence;
    case 'unknown':
      return stageOf(judged.problem) === 'decision'
        ? judged.problem.detail
        : `Could not be told: ${judged.problem.detail}`;
    default:
      return (brokenAt === undefined ? null : fill(brokenAt, namesOf(judged, evidence[0]))) ?? broken;
  }
}

type Names = { readonly [name: string]: string | undefined };

function namesOf(judged: Judged, first: Evidence | undefined): Names {
  const { measured, limit } = judged.status === 'violation' ? judged : NO_NUMBERS;
  return { where: first?.where, text: first?.text, found: wordsOf(measured), expected: wordsOf(limit) };
}

const NO_NUMBERS = { measured: undefined, limit: undefined };

/** A number needs its unit and its bound: it is shown beside the sentence. */
function wordsOf(measurement: Measurement | undefined): string | undefined {
  return typeof measurement?.value === 'string' ? measurement.value : undefined;
}

/** Null where a name is not known. What a host sent is put in as it is, and never read as a name again. */
function fill(template: string, names: Names): string | null {
  const parts = template.split(/\{([a-z]+)\}/).map((part, index) => (index % 2 === 0 ? part : shortened(names[part])));
  if (parts.includes(undefined)) return null;
  return parts.join('').replace(/\.+$/, '.');
}

/** A host chooses how long its lines are. Undefined where there is nothing to name. */
function shortened(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === '') return undefined;
  return trimmed.length > MOST_TEXT ? `${trimmed.slice(0, MOST_TEXT)}…` : trimmed;
}

const MOST_TEXT = 160;
