import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { clockStateOf } from '#facts/clock-state.js';
import { sentence } from '#facts/fact.js';
import type { Facts } from '#facts/facts.js';
import type { Judgement } from './verdict.js';

/** The daemon's own estimate of its offset from its source. */
export function judgeDaemonOffset(facts: Facts, limitSeconds: number): Judgement {
  const { synchronised, offsetSeconds, lines } = clockStateOf(facts);
  if (offsetSeconds.value === null) {
    const { reason } = offsetSeconds;
    const found =
      synchronised.value === false
        ? problem('checks/unsynchronised', sentence(reason))
        : problem('checks/daemon-unknown', printable(reason));
    return { verdict: { status: 'unknown', problem: found }, evidence: [] };
  }
  const evidence = lines.offset;
  if (Math.abs(offsetSeconds.value) <= limitSeconds) return { verdict: { status: 'in-sync' }, evidence };
  const measured = { value: offsetSeconds.value, unit: 's', bound: null };
  const limit = { value: limitSeconds, unit: 's', bound: null };
  return { verdict: { status: 'violation', measured, limit }, evidence };
}
