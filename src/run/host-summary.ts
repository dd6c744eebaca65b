import { printable } from '#errors/printable.js';
import { clockStateOf } from '#facts/clock-state.js';
import type { Fact, Facts } from '#facts/facts.js';
import type { HostSummary } from './event.js';

/** One line about a host: what it is and what its clock follows. What was not read is said as `unknown`. */
export function summariseHost(facts: Facts): HostSummary {
  return { os: os(facts), platform: platform(facts), daemon: daemon(facts), source: source(facts) };
}

function os({ os: fact }: Facts): string {
  if (fact.value === null) return 'unknown';
  const { prettyName, id, versionId } = fact.value;
  const name = prettyName
    .replace(/\s*\(.*\)$/, '')
    .replace(/^(Debian) GNU\/Linux/, '$1')
    .replace(/^(Flatcar) Container Linux by Kinvolk/, '$1')
    .replace(/ (release|Enterprise Linux)/g, '');
  return printable(name || `${id} ${versionId}`).slice(0, 40);
}

function platform({ cloud, virtualization }: Facts): string {
  if (cloud.value !== null && cloud.value !== 'none') return cloud.value;
  return orUnknown(virtualization);
}

function daemon({ daemons }: Facts): string {
  const active = daemons.filter((candidate) => candidate.active.value === true);
  if (active.length === 0) return daemons.some((candidate) => candidate.active.value === null) ? 'unknown' : 'none';
  return active
    .map(({ name, version }) => (version.value ? `${name} ${printable(version.value).split('-')[0]}` : name))
    .join(' + ');
}

function source(facts: Facts): string {
  const { value } = clockStateOf(facts).source;
  if (value === null) return 'unknown';
  return value.kind === 'none' ? 'none' : printable(value.name);
}

function orUnknown(fact: Fact<string>): string {
  return fact.value ?? 'unknown';
}
