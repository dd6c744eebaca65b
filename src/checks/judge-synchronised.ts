import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { clockStateOf } from '#facts/clock-state.js';
import type { Facts } from '#facts/facts.js';
import type { Judgement } from './verdict.js';

/** The active daemon says that it is synchronised. */
export function judgeSynchronised(facts: Facts): Judgement {
  const { daemon, synchronised, lines } = clockStateOf(facts);
  const evidence = lines.synchronised;
  if (synchronised.value === null) {
    const detail = printable(synchronised.reason);
    return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', detail) }, evidence };
  }
  if (synchronised.value) return { verdict: { status: 'in-sync' }, evidence };
  const measured = {
    value: daemon.value === 'none' ? 'no time daemon runs' : 'not synchronised',
    unit: '',
    bound: null,
  };
  return {
    verdict: { status: 'violation', measured, limit: { value: 'synchronised', unit: '', bound: null } },
    evidence,
  };
}
