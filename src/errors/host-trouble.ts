import type { Problem } from './problem.js';

/** Carries a host's `Problem` out of a promise; caught per host, never fatal for the run. */
export class HostTrouble extends Error {
  readonly problem: Problem;
  constructor(problem: Problem, options?: { readonly cause?: unknown }) {
    super(problem.detail, options);
    this.name = 'HostTrouble';
    this.problem = problem;
  }
}
