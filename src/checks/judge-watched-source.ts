import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { Judgement } from './verdict.js';

/** chronyd reads the PTP clock, whether or not it may select it: its reach is not zero. */
export function judgeWatchedSource(facts: Facts): Judgement {
  const sources = facts.chrony.sources;
  if (sources.value === null) {
    const detail = printable(`chronyc sources told nothing: ${sources.reason}`);
    return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', detail) }, evidence: [] };
  }
  const clocks = sources.value.filter((source) => source.mode === 'refclock');
  const describe = ({ name, reach }: (typeof clocks)[number]) =>
    printable(`refclock ${name}, reach ${reach.toString(8)}`);
  const evidence = clocks.map((clock) => ({ where: 'chronyc -c sources', text: describe(clock) }));
  if (clocks.some(({ reach }) => reach > 0)) return { verdict: { status: 'in-sync' }, evidence };
  const measured = { value: clocks.map(describe).join(', ') || 'no refclock', unit: '', bound: null };
  return {
    verdict: { status: 'violation', measured, limit: { value: 'samples of a PTP clock', unit: '', bound: null } },
    evidence,
  };
}
