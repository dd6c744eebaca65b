import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem, stageOf } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Outcome } from '#run/outcome.js';

/** The problem an error carries; what is no host's trouble is our own failure on this host, and the others go on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HostTrouble || error instanceof TsyncError) return error.problem;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return problem('internal/bug', printable(text, { lines: true }));
}

/** A host to which there was no connection is unreachable; everything else failed. */
export function outcomeOf(problem: Problem): Extract<Outcome, 'unreachable' | 'failed'> {
  return stageOf(problem) === 'connection' ? 'unreachable' : 'failed';
}
