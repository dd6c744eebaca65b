import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { Judgement } from './verdict.js';

/** chronyd's own estimate of what it still has to correct. Says nothing while it is unsynchronised: then it shows 0. */
export function judgeDaemonOffset(facts: Facts, limitSeconds: number): Judgement {
  const tracking = facts.chrony.tracking;
  if (tracking.value === null) return unknown(`chronyc tracking told nothing: ${tracking.reason}`);
  const { systemOffsetSeconds, leap, stratum } = tracking.value;
  if (leap === 'Not synchronised' || leap === 'unknown' || stratum === 0) {
    const detail = 'While chronyd is not synchronised, the offset that it shows means nothing.';
    return { verdict: { status: 'unknown', problem: problem('checks/unsynchronised', detail) }, evidence: [] };
  }
  if (!Number.isFinite(systemOffsetSeconds)) return unknown('chronyc printed no number.');
  const evidence = [{ where: 'chronyc -c tracking', text: `System time ${systemOffsetSeconds} s` }];
  if (Math.abs(systemOffsetSeconds) <= limitSeconds) return { verdict: { status: 'in-sync' }, evidence };
  const measured = { value: systemOffsetSeconds, unit: 's', bound: null };
  return {
    verdict: { status: 'violation', measured, limit: { value: limitSeconds, unit: 's', bound: null } },
    evidence,
  };
}

function unknown(detail: string): Judgement {
  return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', printable(detail)) }, evidence: [] };
}
