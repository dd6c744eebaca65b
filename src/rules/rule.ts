import type { Severity } from '#checks/verdict.js';
import type { Condition } from './answer.js';

/** One thing that should be so on a host, why, and what helps. `tsync rules` prints them all. */
export interface Rule {
  /** `area/what` */
  readonly id: string;
  readonly severity: Severity;
  /** What is said of a host where it holds. */
  readonly sentence: string;
  /** What is said of a host where it does not. */
  readonly broken: string;
  /**
   * The same with the thing that is wrong: `{where}` and `{text}` of the first evidence, `{found}` and `{expected}` where these are words.
   * Taken where all that it names is there.
   */
  readonly brokenAt?: string;
  /** On which hosts it is looked at; on any other it says nothing. */
  readonly applies: string;
  /** Why it is true: manual page, kernel commit, document. */
  readonly source: string;
  readonly remedy: string;
  /** Which part of a verification it is; a rule without one is never waited for. */
  readonly awaited?: Awaited;
  /** `playbook`: its resources are those that the playbook names one by one, and not what the policy makes of a strategy. */
  readonly origin?: 'playbook';
  /** It asks about processes and devices, which a tree that does not run cannot answer. */
  readonly needsRunning?: true;
  /** Judges a host by its facts. Null: a decision of policy/, or a check that it asks for, speaks for the rule. */
  readonly condition: Condition | null;
}

/**
 * What the verification after a change waits for: our own measurement of the clock, a daemon that is synchronised, follows a source of
 * the right kind and holds the clock close to it, samples of a clock that is only watched, and what the playbook names.
 */
export type Awaited = 'clock' | 'synchronised' | 'source' | 'daemon-offset' | 'watched-clock' | 'resource';
