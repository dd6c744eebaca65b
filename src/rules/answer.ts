import type { Evidence, Measurement, Verdict } from '#checks/verdict.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { sentence } from '#facts/fact.js';
import type { Seen } from './seen.js';

/** What a rule says of a host. Null: it does not apply. `holds`: it was looked at, and all is as it should be. */
export type Answer =
  | null
  | 'holds'
  | { readonly verdict: Exclude<Verdict, { readonly status: 'in-sync' }>; readonly evidence: readonly Evidence[] };

/** The condition of a rule: pure, and total over whatever a host sent. */
export type Condition = (seen: Seen) => Answer;

/** Not as it should be: what is there and what should be, in words or as a number with its unit. At most 8 lines of evidence. */
export function breach(
  measured: string | Measurement,
  limit: string | Measurement,
  evidence: readonly Evidence[] = [],
): Answer {
  return {
    verdict: { status: 'violation', measured: toMeasurement(measured), limit: toMeasurement(limit) },
    evidence: evidence.slice(0, MOST_EVIDENCE),
  };
}

/** It cannot be told; `detail` is a clause as facts give it. */
export function doubt(detail: string, evidence: readonly Evidence[] = []): Answer {
  const found = problem('policy/not-read', printable(sentence(detail)));
  return { verdict: { status: 'unknown', problem: found }, evidence: evidence.slice(0, MOST_EVIDENCE) };
}

/**
 * The answer where chrony's configuration has no line that the rule looks at: it does not apply. Where the configuration is there and
 * could not be read as a whole, nobody can tell.
 */
export function noLine({ config: { chrony } }: Seen): Answer {
  return chrony.known || !chrony.isThere ? null : doubt(chrony.reason);
}

export function amount(value: number, unit: string): Measurement {
  return { value, unit, bound: null };
}

function toMeasurement(measured: string | Measurement): Measurement {
  if (typeof measured !== 'string') return measured;
  return { value: printable(measured.slice(0, MOST_TEXT)), unit: '', bound: null };
}

/** A host chooses how many lines it has and how long they are. */
const MOST_EVIDENCE = 8;
const MOST_TEXT = 240;
