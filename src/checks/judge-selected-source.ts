import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { ClockSource } from '#facts/clock-readings.js';
import { clockStateOf } from '#facts/clock-state.js';
import type { Facts } from '#facts/facts.js';
import type { SelectedSource } from './check.js';
import type { Judgement } from './verdict.js';

/** The daemon that keeps the clock has selected a source of the wanted kind; `names`: one of these servers. */
export function judgeSelectedSource(facts: Facts, anyOf: SelectedSource, names: readonly string[] | null): Judgement {
  const { source, lines } = clockStateOf(facts);
  const evidence = lines.source;
  if (source.value === null) {
    const detail = printable(source.reason);
    return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', detail) }, evidence };
  }
  if (isWanted(source.value, anyOf, names)) return { verdict: { status: 'in-sync' }, evidence };
  const measured = { value: source.value.kind === 'none' ? 'none' : source.value.text, unit: '', bound: null };
  const limit = { value: names === null ? describeWanted(anyOf) : names.join(' or '), unit: '', bound: null };
  return { verdict: { status: 'violation', measured, limit }, evidence };
}

function isWanted(source: ClockSource, anyOf: SelectedSource, names: readonly string[] | null): boolean {
  if (source.kind === 'none' || source.kind === 'local') return false;
  return anyOf[source.kind] && (names?.includes(source.name) ?? true);
}

function describeWanted({ refclock, server }: SelectedSource): string {
  if (refclock && server) return 'a PTP clock or an NTP server';
  return refclock ? 'the PTP clock' : 'an NTP server';
}
