import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { ChronySource, Facts } from '#facts/facts.js';
import type { SelectedSource } from './check.js';
import type { Judgement } from './verdict.js';

/** chronyd has selected (`*`) a source of the wanted kind. */
export function judgeSelectedSource(facts: Facts, anyOf: SelectedSource): Judgement {
  const sources = facts.chrony.sources;
  if (sources.value === null) {
    const detail = printable(`chronyc sources told nothing: ${sources.reason}`);
    return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', detail) }, evidence: [] };
  }
  const evidence = sources.value.map((one) => ({ where: 'chronyc -c sources', text: describe(one) }));
  const selected = sources.value.find((one) => one.state === '*');
  if (selected !== undefined && isWanted(selected, anyOf)) return { verdict: { status: 'in-sync' }, evidence };
  const value = selected === undefined ? 'none' : describe(selected);
  const limit = { value: describeWanted(anyOf), unit: '', bound: null };
  return { verdict: { status: 'violation', measured: { value, unit: '', bound: null }, limit }, evidence };
}

function isWanted(source: ChronySource, anyOf: SelectedSource): boolean {
  if (source.mode === 'refclock') return anyOf.refclock;
  return (source.mode === 'server' || source.mode === 'peer') && anyOf.server;
}

function describe({ mode, name, state, reach }: ChronySource): string {
  return printable(`${mode} ${name}, state ${state}, reach ${reach.toString(8)}`);
}

function describeWanted({ refclock, server }: SelectedSource): string {
  if (refclock && server) return 'a PTP clock or an NTP server';
  return refclock ? 'the PTP clock' : 'an NTP server';
}
