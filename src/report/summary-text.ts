import { printable } from '#errors/printable.js';
import { auditStatusOf } from '#present/audit-status.js';
import { hasPendingChanges, hasUnknownGuard } from '#run/exit-code.js';
import type { Outcome } from '#run/outcome.js';
import type { HostState, RunState } from '#run/run-state.js';
import { summarise } from '#run/summarise.js';
import { afterAnEmptyLine, auditText } from './audit-text.js';
import { conflictLines } from './conflict-lines.js';
import { fieldLines } from './field.js';
import { foundLines } from './found-lines.js';
import { countOf, hostNames } from './host-names.js';
import { inSyncLines } from './in-sync-lines.js';
import { again, type NextCommand, nextLines } from './next-commands.js';
import { type Drawing, paint } from './paint.js';
import { planText, unmendedLines } from './plan-text.js';
import { textLines } from './text-lines.js';
import { troubleLines } from './trouble-lines.js';

/**
 * The end of a run that may have changed hosts: what happened to each host, the most urgent first, and what to type next.
 * An audit or a plan is reported by its own report.
 */
export function summaryText(state: RunState, drawing: Drawing): string {
  if (state.kind === 'audit') return auditText(state, drawing);
  if (state.kind === 'plan') return planText(state, drawing);
  const hosts = [...state.hosts.values()];
  const ended = (outcome: Outcome | null) => hosts.filter((host) => host.outcome === outcome && !hasUnknownGuard(host));
  const proved = state.kind === 'rollback' ? 'Taken back and proved' : 'Changed and proved';
  const lines = [
    ...verdictLines(state, drawing),
    ...troubleLines(
      'Look at these hosts now, the state of their guard is not known',
      'red',
      hosts.filter(hasUnknownGuard),
      drawing,
    ),
    ...revertedLines(ended('reverted'), drawing),
    ...foundLines(hosts, drawing),
    ...troubleLines('Failed', 'red', ended('failed'), drawing),
    ...troubleLines('Changed since the plan, and left alone', 'red', ended('stale'), drawing),
    ...conflictLines(ended('stale'), drawing),
    ...troubleLines('Not finished', 'yellow', ended(null), drawing),
    ...inSyncLines(proved, ended('changed'), drawing),
    ...namesLines('Changes pending', hosts.filter(isLeft), drawing),
    ...namesLines('Declined', ended('declined'), drawing),
    ...troubleLines('Skipped', 'yellow', ended('skipped'), drawing),
    ...inSyncLines(
      state.kind === 'rollback' ? 'Nothing to take back' : 'In sync before',
      hosts.filter(isClean),
      drawing,
    ),
    ...unmendedLines(hosts.filter(isDoubtful), drawing),
    ...troubleLines('Unreachable', 'red', ended('unreachable'), drawing),
    ...afterAnEmptyLine(nextLines(nextCommands(state), drawing)),
  ];
  return `${lines.join('\n')}\n`;
}

/** What to type after this run; the screen shows the same. */
export function nextCommands(state: RunState): readonly NextCommand[] {
  const { outcomes, guardUnknown, pending } = summarise(state);
  const commands: NextCommand[] = [];
  const toRepeat = outcomes.stale + outcomes.failed + outcomes.reverted + outcomes.unreachable;
  if (toRepeat + pending > 0 && state.kind !== 'rollback') {
    commands.push({
      words: again('run', state),
      does: 'look again, and change what is still to be changed',
    });
  }
  if (outcomes.changed > 0 && state.kind !== 'rollback') {
    commands.push({
      words: ['tsync', 'rollback', state.run],
      does: `take the changes of ${countOf(outcomes.changed, 'host')} back`,
    });
  }
  const withPackages = [...state.hosts.values()].filter(({ packageWork }) => packageWork?.state === 'done').length;
  if (withPackages > 0 && state.kind !== 'rollback') {
    commands.push({
      words: ['tsync', 'rollback', state.run, '--packages'],
      does: `take the packages of ${countOf(withPackages, 'host')} back too`,
    });
  }
  if (toRepeat + guardUnknown + outcomes.changed > 0) {
    commands.push({ words: ['tsync', 'show', state.run], does: 'everything that happened in this run' });
  }
  return commands;
}

function verdictLines(state: RunState, drawing: Drawing): readonly string[] {
  const all = [...state.hosts.values()];
  const { outcomes, guardUnknown, unfinished } = summarise(state);
  const [clean, doubtful] = [all.filter(isClean).length, all.filter(isDoubtful).length];
  const rollback = state.kind === 'rollback';
  const counts: readonly (readonly [number, string])[] = [
    [guardUnknown, guardUnknown === 1 ? 'has a guard in an unknown state' : 'have guards in an unknown state'],
    [outcomes.reverted, 'reverted'],
    [outcomes.failed, 'failed'],
    [outcomes.stale, 'stale'],
    [doubtful, 'with findings that no change answers'],
    [all.filter(isLeft).length, 'with changes pending'],
    [outcomes.declined, 'declined'],
    [outcomes.skipped, 'skipped'],
    [outcomes.unreachable, 'unreachable'],
    [unfinished, 'not finished'],
  ];
  const bad = counts.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
  const good = `${outcomes.changed} ${rollback ? 'taken back' : 'changed'} and proved, ${clean} ${rollback ? 'had nothing to take back' : 'already in sync'}`;
  const stopped = state.interrupted === null ? '' : 'Interrupted. ';
  const text = [`${stopped}${outcomes.changed + clean} of ${countOf(all.length, 'host')} done: ${good}`, ...bad].join(
    '; ',
  );
  const isRed = guardUnknown + outcomes.reverted + outcomes.failed > 0;
  return textLines(`${text}.`, bad.length === 0 ? 'green' : isRed ? 'red' : 'yellow', drawing);
}

function isLeft(host: HostState): boolean {
  return host.outcome === 'drifted' && hasPendingChanges(host);
}

function isSettled(host: HostState): boolean {
  return (host.outcome === 'in-sync' || host.outcome === 'drifted') && !hasPendingChanges(host);
}

/** There was nothing to change, and nothing stands against the host. */
function isClean(host: HostState): boolean {
  return isSettled(host) && ['in-sync', 'remark'].includes(auditStatusOf(host));
}

/** There was nothing to change, and yet something is off or could not be judged: this is not called in sync. */
function isDoubtful(host: HostState): boolean {
  return isSettled(host) && !isClean(host);
}

function revertedLines(hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  if (hosts.length === 0) return [];
  const title = paint(`Reverted, all files as they were before: ${countOf(hosts.length, 'host')}`, 'red', drawing);
  const why = (host: HostState) => host.verdict?.reason ?? host.problem?.detail ?? 'the guard took the changes back';
  const rows = hosts.flatMap((host) =>
    fieldLines({ label: printable(host.host), labelColour: 'bold', text: printable(why(host)) }, drawing),
  );
  return ['', title, ...rows];
}

function namesLines(title: string, hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  if (hosts.length === 0) return [];
  const names = hosts.map(({ host }) => host);
  return [
    '',
    paint(`${title}: ${countOf(hosts.length, 'host')}`, 'yellow', drawing),
    `  ${hostNames(names, drawing.width - 2)}`,
  ];
}
