import type { DaemonFacts } from '#facts/facts.js';

/** A daemon other than chrony that keeps the time now, or would after a boot, and that tsync can set. */
export interface KeptDaemon extends DaemonFacts {
  readonly name: 'ntpd' | 'ntpsec' | 'timesyncd';
  readonly unit: string;
}
