import type { Severity } from '#checks/verdict.js';

/** One thing that should be so on a host, why, and what helps. `tsync rules` prints them all. */
export interface Rule {
  /** `area/what` */
  readonly id: string;
  readonly severity: Severity;
  /** What should be so. */
  readonly sentence: string;
  /** On which hosts it is looked at; on any other it says nothing. */
  readonly applies: string;
  /** Why it is true: manual page, kernel commit, document. */
  readonly source: string;
  readonly remedy: string;
}
