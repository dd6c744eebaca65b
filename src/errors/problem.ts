/**
 * What went wrong with one host, as a value: the rest of the fleet goes on.
 *
 * `code` is `area/what` and is what programs and tests look at. `summary` is fixed wording for the code,
 * `detail` says what happened in this case in full sentences, `hint` says what to do next.
 */
export interface Problem {
  readonly code: ProblemCode;
  readonly summary: string;
  readonly detail: string;
  readonly hint: string;
}

export type ProblemCode = keyof typeof catalog;

import { catalog } from './catalog.js';

/** Where it happened: on the way to the host, in our own store, or anywhere else. */
export function stageOf({ code }: Pick<Problem, 'code'>): 'connection' | 'store' | 'decision' | 'other' {
  const entry = catalog[code];
  return 'stage' in entry ? entry.stage : 'other';
}

/** Makes the problem that `code` names; `detail` is this case in full sentences, already free of control characters. */
export function problem(code: ProblemCode, detail: string): Problem {
  const { summary, hint } = catalog[code];
  return { code, summary, detail, hint };
}
