import { type Problem, type ProblemCode, problem } from './problem.js';

/** Where in a text that a person wrote: 1-based line and column, and the text of that line. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** Exit codes of `sysexits.h` that tsync uses for an operator's mistake, and 1 for its own failure. */
export type MistakeExit = 1 | 64 | 65;

/** An operator's mistake (or our own failure), thrown before or instead of a run; a host's trouble is a `Problem` value. */
export class TsyncError extends Error {
  readonly problem: Problem;
  readonly exitCode: MistakeExit;
  readonly place: Place | null;

  constructor(
    code: ProblemCode,
    detail: string,
    options: { readonly exitCode: MistakeExit; readonly place?: Place; readonly cause?: unknown },
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TsyncError';
    this.problem = problem(code, detail);
    this.exitCode = options.exitCode;
    this.place = options.place ?? null;
  }
}
