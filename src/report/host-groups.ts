import { printable } from '#errors/printable.js';
import type { Finding } from '#plan/plan.js';
import { clockRange, clockText } from '#present/clock-text.js';
import { isWaived, openFindings, worstRank, worstSeverity } from '#present/findings.js';
import { groupBy } from '#present/group-by.js';
import type { HostGroup } from '#present/plan-groups.js';
import type { HostState } from '#run/run-state.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import { strategyField } from './change-lines.js';
import { type Field, fieldLines } from './field.js';
import { findingLines } from './finding-text.js';
import { countOf, hostNames } from './host-names.js';
import { type Drawing, paint } from './paint.js';

/** `web-01, web-02 (2 hosts) · Debian 12 · azure · chrony 4.3` */
export function groupTitle(group: HostGroup, drawing: Drawing): string {
  const { summary } = group[0];
  const what = summary === null ? [] : [summary.os, summary.platform, summary.daemon].map((text) => printable(text));
  const count = group.length === 1 ? '' : ` (${countOf(group.length, 'host')})`;
  const room = Math.max(24, drawing.width - what.join(' · ').length - count.length - 3);
  const names = hostNames(
    group.map(({ host }) => host),
    room,
  );
  return [paint(names, 'bold', drawing) + count, ...what].join(' · ');
}

/** What the clocks of these hosts follow, and how far they are off: `PHC0` and `+0.4 ms ±1.2 ms`. */
export function clockFields(group: HostGroup, drawing: Drawing): readonly Field[] {
  const sources = [...new Set(group.map(sourceOf))];
  const follows: Field = { label: 'follows', text: hostNames(sources, drawing.width - 12) };
  return [follows, { label: 'offset', text: offsets(group) }];
}

/** The source that is selected, in the host's own words; what the verification saw counts more than what the probe saw. */
export function sourceOf(host: HostState): string {
  return printable(host.source ?? host.summary?.source ?? 'not known');
}

/** The range of our measurements, and on how many of these hosts there is none. */
export function offsets(group: readonly HostState[]): string {
  const clocks = group.flatMap(({ clock }): ClockMeasurement[] => (clock === null ? [] : [clock]));
  const missing = group.length - clocks.length;
  if (group.length === 1 || clocks.length === 0) return clockText(clocks[0] ?? null);
  return clockRange(clocks) + (missing === 0 ? '' : `, not measured on ${countOf(missing, 'host')}`);
}

/**
 * Hosts with open findings, folded where these are equal but for what was measured, the most serious group first. `keep`
 * chooses the findings that count. The host that is furthest off speaks for its group.
 */
export function findingGroups(hosts: readonly HostState[], keep: (finding: Finding) => boolean): readonly HostGroup[] {
  const groups = groupBy(hosts, (host) => foldKey(host, keep)).map(worstFirst);
  return [...groups].sort((a, b) => rank(b[0], keep) - rank(a[0], keep));
}

/** One group with its clocks, its findings and its notes. */
export function groupLines(group: HostGroup, keep: (finding: Finding) => boolean, drawing: Drawing): readonly string[] {
  const [first] = group;
  const findings = first.plan?.findings ?? [];
  const shown = [...openFindings(findings), ...findings.filter(isWaived)].filter(keep);
  return [
    '',
    groupTitle(group, drawing),
    ...clockFields(group, drawing).flatMap((field) => fieldLines(field, drawing)),
    ...strategyFields(first).flatMap((field) => fieldLines(field, drawing)),
    ...findingLines(shown, drawing),
    ...spokesman(group, shown).flatMap((field) => fieldLines(field, drawing)),
    ...first.notes.flatMap((note) => fieldLines({ label: 'note', text: printable(note) }, drawing)),
  ];
}

/** Said where the host gets another strategy than the one asked for, with the reason. */
function strategyFields({ plan }: HostState): readonly Field[] {
  return plan === null || plan.strategy.asked === plan.strategy.taken ? [] : [strategyField(plan.strategy)];
}

/** Where the hosts of a group were measured apart, it says whose numbers are shown. */
function spokesman(group: HostGroup, findings: readonly Finding[]): readonly Field[] {
  if (group.length === 1 || !findings.some((finding) => finding.status === 'violation')) return [];
  return [{ label: '', text: `as found on ${printable(group[0].host)}, the furthest off`, textColour: 'dim' }];
}

function foldKey(host: HostState, keep: (finding: Finding) => boolean): string {
  const findings = host.plan?.findings.filter((finding) => finding.status !== 'in-sync' && keep(finding)) ?? [];
  const { os, platform, daemon } = host.summary ?? { os: '', platform: '', daemon: '' };
  return JSON.stringify([os, platform, daemon, host.plan?.strategy, host.notes, findings.map(findingKey)]);
}

/** Measured numbers differ from host to host, and the sentences that name them. */
function findingKey(finding: Finding) {
  const { rule, severity, status, waived } = finding;
  if (finding.status === 'violation') return [rule, severity, status, waived, finding.limit.value];
  const change = finding.status === 'drift' ? finding.change.id : '';
  return [rule, severity, status, waived, change];
}

function worstFirst(group: HostGroup): HostGroup {
  const [first, ...rest] = [...group].sort((a, b) => distance(b) - distance(a));
  return first === undefined ? group : [first, ...rest];
}

function distance({ clock }: HostState): number {
  return clock === null ? -1 : Math.abs(clock.offsetSeconds);
}

function rank(host: HostState, keep: (finding: Finding) => boolean): number {
  return worstRank(worstSeverity(host.plan?.findings.filter(keep) ?? []));
}
