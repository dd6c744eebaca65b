import type { Problem } from '#errors/problem.js';

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** One thing that was seen on the host and that a finding rests on; free of control characters. */
export interface Evidence {
  /** Where: `/etc/chrony/chrony.conf:12`, `chronyc -c tracking`, `/sys/class/ptp/ptp0/clock_name`. */
  readonly where: string;
  readonly text: string;
}

export interface Measurement {
  readonly value: number | string;
  readonly unit: string;
  /** How exactly it is known, in the same unit; null where that has no meaning. */
  readonly bound: number | null;
}

/** What measuring alone can say: nothing here can be set. */
export type Verdict =
  | { readonly status: 'in-sync' }
  | { readonly status: 'violation'; readonly measured: Measurement; readonly limit: Measurement }
  | { readonly status: 'unknown'; readonly problem: Problem };

export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}
