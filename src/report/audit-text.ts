import { printable } from '#errors/printable.js';
import type { Finding } from '#plan/plan.js';
import { type AuditStatus, auditStatusOf } from '#present/audit-status.js';
import { hasPendingChanges } from '#run/exit-code.js';
import type { HostState, RunState } from '#run/run-state.js';
import { findingGroups, groupLines } from './host-groups.js';
import { countOf } from './host-names.js';
import { inSyncLines } from './in-sync-lines.js';
import { again, type NextCommand, nextLines } from './next-commands.js';
import type { Drawing } from './paint.js';
import { textLines } from './text-lines.js';
import { troubleLines } from './trouble-lines.js';

/**
 * The report of an audit: the verdict in its first line, then the hosts that need somebody, the worst first and equal ones
 * together, then those that are in sync, then those that could not be looked at, and the next command. Ends with a line feed.
 */
export function auditText(state: RunState, drawing: Drawing): string {
  const hosts = byStatus(state);
  const looked = [hosts.off, hosts.unknown, hosts.remark].flatMap((some) => findingGroups(some, everyFinding));
  const lines = [
    ...verdictLines(hosts, state.hosts.size, drawing),
    ...operatorClockLines(state, drawing),
    ...looked.flatMap((group) => groupLines(group, everyFinding, drawing)),
    ...inSyncLines('In sync', hosts['in-sync'], drawing),
    ...troubleLines('Skipped', 'yellow', hosts.skipped, drawing),
    ...troubleLines('Not finished', 'yellow', hosts.unfinished, drawing),
    ...troubleLines('Failed', 'red', hosts.failed, drawing),
    ...troubleLines('Unreachable', 'red', hosts.unreachable, drawing),
    ...afterAnEmptyLine(nextLines(next(state, hosts), drawing)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The hosts of a run by where they stand, in the inventory's order. */
export type HostsByStatus = { readonly [S in AuditStatus]: readonly HostState[] };

export function byStatus(state: RunState): HostsByStatus {
  const hosts: { [S in AuditStatus]: HostState[] } = {
    unreachable: [],
    failed: [],
    unfinished: [],
    off: [],
    unknown: [],
    skipped: [],
    remark: [],
    'in-sync': [],
  };
  for (const host of state.hosts.values()) hosts[auditStatusOf(host)].push(host);
  return hosts;
}

/** Our measurements are against the operator's clock: how good that is belongs beside them. */
export function operatorClockLines({ operatorClock }: RunState, drawing: Drawing): readonly string[] {
  const detail = printable(operatorClock.detail);
  if (operatorClock.synchronised)
    return textLines(`Offsets are against this machine's clock (${detail}).`, 'dim', drawing);
  const doubt = operatorClock.synchronised === null ? 'may not be right' : 'is not synchronised';
  return textLines(
    `This machine's own clock ${doubt} (${detail}): every offset below is against it.`,
    'yellow',
    drawing,
  );
}

/** An empty line before, when there is anything to set apart. */
export function afterAnEmptyLine(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function everyFinding(_: Finding): boolean {
  return true;
}

function verdictLines(hosts: HostsByStatus, count: number, drawing: Drawing): readonly string[] {
  const good = hosts['in-sync'].length + hosts.remark.length;
  if (count === 0) return textLines('No host was audited.', 'yellow', drawing);
  if (good === count)
    return textLines(good === 1 ? 'The host is in sync.' : `All ${good} hosts are in sync.`, 'green', drawing);
  const colour = hosts.off.length + hosts.failed.length > 0 ? 'red' : 'yellow';
  const bad = VERDICTS.filter(([status]) => hosts[status].length > 0);
  if (count === 1) return textLines(`The host ${bad.map(([, one]) => one).join('')}.`, colour, drawing);
  const parts = bad.map(([status, one, many]) => `${hosts[status].length} ${hosts[status].length === 1 ? one : many}`);
  const rest = good === 0 ? 'none is in sync' : `${good} ${good === 1 ? 'is' : 'are'} in sync`;
  return textLines(`Of ${countOf(count, 'host')}, ${parts.join(', ')}; ${rest}.`, colour, drawing);
}

/** What is said of one host and of several that stand so, in the order of the verdict. */
const VERDICTS: readonly (readonly [AuditStatus, one: string, many: string])[] = [
  ['off', 'needs attention', 'need attention'],
  ['failed', 'failed', 'failed'],
  ['unknown', 'could not be judged', 'could not be judged'],
  ['unreachable', 'is unreachable', 'are unreachable'],
  ['unfinished', 'was not finished', 'were not finished'],
  ['skipped', 'was skipped', 'were skipped'],
];

function next(state: RunState, hosts: HostsByStatus): readonly NextCommand[] {
  const fixable = [...state.hosts.values()].filter(hasPendingChanges).length;
  const commands: NextCommand[] = [];
  if (fixable > 0) {
    commands.push({
      words: again('run', state),
      does: `review the changes of ${countOf(fixable, 'host')}, and make them`,
    });
  }
  const unseen = [...hosts.failed, ...hosts.unreachable, ...hosts.unfinished].map(({ host }) => host);
  if (unseen.length > 0 && unseen.length <= MOST_NAMED) {
    commands.push({
      words: [...again('audit', state), '--limit', unseen.join(':')],
      does: 'look again at what was not seen',
    });
  }
  return commands;
}

const MOST_NAMED = 8;
