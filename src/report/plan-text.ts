import { printable } from '#errors/printable.js';
import type { Finding, HostPlan } from '#plan/plan.js';
import { auditStatusOf } from '#present/audit-status.js';
import { groupBy } from '#present/group-by.js';
import { groupByPlan, type HostGroup } from '#present/plan-groups.js';
import { isOpen } from '#run/count-findings.js';
import { hasPendingChanges } from '#run/exit-code.js';
import type { HostState, RunState } from '#run/run-state.js';
import { afterAnEmptyLine, operatorClockLines } from './audit-text.js';
import { actionLines, changeLines, strategyField } from './change-lines.js';
import { fieldLines } from './field.js';
import { sameSentence } from './finding-text.js';
import { clockFields, findingGroups, groupLines, groupTitle } from './host-groups.js';
import { countOf } from './host-names.js';
import { inSyncLines } from './in-sync-lines.js';
import { again, type NextCommand, nextLines } from './next-commands.js';
import { packageLines } from './package-lines.js';
import { type Drawing, paint, severityColour } from './paint.js';
import { textLines } from './text-lines.js';
import { troubleLines } from './trouble-lines.js';

/**
 * A plan as a person reviews it: how many hosts would change; then each group of equal changes with its reasons, diffs and
 * costs; then what no change mends; then the hosts that need none, and those that could not be looked at. `next`: says what to
 * type next; not where the run goes on by itself.
 */
export function planText(
  state: RunState,
  drawing: Drawing,
  options: { readonly next: boolean } = { next: true },
): string {
  const hosts = [...state.hosts.values()];
  const groups = groupByPlan(hosts.filter(hasPendingChanges));
  const fine = hosts.filter((host) => !hasPendingChanges(host) && ['in-sync', 'remark'].includes(auditStatusOf(host)));
  const lines = [
    ...textLines(verdict(state, groups, fine.length), groups.length === 0 ? 'green' : 'yellow', drawing),
    ...operatorClockLines(state, drawing),
    ...groups.flatMap((group) => planGroupLines(group, drawing)),
    ...unmendedLines(hosts, drawing),
    ...inSyncLines('No change needed', fine, drawing),
    ...hostsThat(hosts, 'unfinished', 'Not finished', drawing),
    ...hostsThat(hosts, 'failed', 'Failed', drawing),
    ...hostsThat(hosts, 'unreachable', 'Unreachable', drawing),
    ...(options.next ? afterAnEmptyLine(nextLines(next(state, groups), drawing)) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** One group: why, what, how, at what price. Where there are several hosts, the diffs are those of the first. */
export function planGroupLines(group: HostGroup, drawing: Drawing): readonly string[] {
  const [{ host, plan, notes }] = group;
  if (plan === null) return [];
  const several = {
    label: '',
    text: `as it would be on ${printable(host)}; the same edits on the others`,
    textColour: 'dim',
  } as const;
  return [
    '',
    groupTitle(group, drawing),
    ...[...clockFields(group, drawing), strategyField(plan.strategy)].flatMap((field) => fieldLines(field, drawing)),
    ...groupBy(
      plan.findings.filter(isOpen).filter((finding) => isAnswered(finding, plan)),
      sameSentence,
    ).flatMap(([finding]) => reasonLines(finding, drawing)),
    ...(group.length > 1 ? fieldLines(several, drawing) : []),
    ...(plan.packages === null ? [] : packageLines(plan.packages, drawing)),
    ...plan.changes.flatMap((change) => changeLines(change, drawing)),
    ...plan.actions.flatMap((action) => actionLines(action, drawing)),
    ...notes.flatMap((note) => fieldLines({ label: 'note', text: printable(note) }, drawing)),
  ];
}

function reasonLines(finding: Finding, drawing: Drawing): readonly string[] {
  const text = `${printable(finding.rule)}: ${printable(finding.sentence)}`;
  return fieldLines({ label: finding.severity, labelColour: severityColour(finding.severity), text }, drawing);
}

/** Findings that no change answers: a clock that is off, and what could not be judged. */
export function unmendedLines(hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  const unmended = (host: HostState) =>
    host.plan?.findings.filter((one) => isOpen(one) && !isAnswered(one, host.plan)) ?? [];
  const some = hosts.filter((host) => unmended(host).length > 0);
  if (some.length === 0) return [];
  const kept = new Set(some.flatMap(unmended));
  const title = paint(`Findings that no change answers: ${countOf(some.length, 'host')}`, 'yellow', drawing);
  const isOther = (finding: Finding) => kept.has(finding) || (!isOpen(finding) && finding.status !== 'drift');
  return ['', title, ...findingGroups(some, isOther).flatMap((group) => groupLines(group, isOther, drawing))];
}

/** By a change of the plan, or by its packages. */
function isAnswered(finding: Finding, plan: HostPlan | null): boolean {
  return finding.status === 'drift' || plan?.packages?.because === finding.rule;
}

function hostsThat(
  hosts: readonly HostState[],
  status: 'unfinished' | 'failed' | 'unreachable',
  title: string,
  drawing: Drawing,
): readonly string[] {
  const colour = status === 'unfinished' ? 'yellow' : 'red';
  return troubleLines(
    title,
    colour,
    hosts.filter((host) => auditStatusOf(host) === status),
    drawing,
  );
}

function verdict(state: RunState, groups: readonly HostGroup[], fine: number): string {
  const count = groups.flat().length;
  const total = state.hosts.size;
  if (count === 0 && fine === total)
    return total === 1
      ? 'Nothing to change: the host is in sync.'
      : `Nothing to change: all ${total} hosts are in sync.`;
  if (count === 0)
    return `Nothing to change; of ${countOf(total, 'host')}, ${fine} ${fine === 1 ? 'is' : 'are'} in sync.`;
  const kinds = groups.length === 1 ? 'in the same way' : `in ${groups.length} ways`;
  return `${count} of ${countOf(total, 'host')} would change${count === 1 ? '' : `, ${kinds}`}; ${fine} ${fine === 1 ? 'needs' : 'need'} no change.`;
}

function next(state: RunState, groups: readonly HostGroup[]): readonly NextCommand[] {
  if (groups.length === 0) return [];
  const { kind, of, inventory } = state;
  const does = 'look at the hosts again, review, and make the changes';
  if (kind === 'rollback') return [{ words: ['tsync', 'rollback', of ?? '', '--inventory', inventory], does }];
  // a saved plan is a file whose name no run keeps
  if (kind === 'apply') return [];
  return [{ words: again('run', state), does }];
}
