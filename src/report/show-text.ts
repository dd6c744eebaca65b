import { printable } from '#errors/printable.js';
import { groupByPlan } from '#present/plan-groups.js';
import type { RunState } from '#run/run-state.js';
import { fieldLines } from './field.js';
import { exitCodeText } from './history-text.js';
import type { Drawing } from './paint.js';
import { planGroupLines } from './plan-text.js';
import { summaryText } from './summary-text.js';

/** Everything that is known of one run: who, when and how it ended, its report, and the changes that were begun. */
export function showText(state: RunState, drawing: Drawing): string {
  const head = headFields(state).flatMap(([label, text]) =>
    fieldLines({ label, text: printable(text), indent: 0 }, drawing),
  );
  const begun = [...state.hosts.values()].filter((host) => host.transaction !== null && host.plan !== null);
  const changes = groupByPlan(begun).flatMap((group) => planGroupLines(group, drawing));
  const made = changes.length === 0 ? '' : `\nChanges that were begun:\n${changes.join('\n')}\n`;
  return `${head.join('\n')}\n\n${summaryText(state, drawing)}${made}`;
}

function headFields(state: RunState): readonly (readonly [string, string])[] {
  return [
    ['run', state.run === '' ? 'the start of this run was not recorded' : state.run],
    ['what', state.of === null ? state.kind : `${state.kind} of ${state.of}`],
    ['by', `${state.who}, tsync ${state.version}`],
    ['inventory', state.inventory],
    ['started', state.startedAt],
    ['ended', endText(state)],
  ];
}

function endText({ finishedAt, exitCode }: RunState): string {
  if (finishedAt === null || exitCode === null) return 'interrupted, or still running: its end is not recorded';
  return `${finishedAt}, exit code ${exitCode} (${exitCodeText(exitCode)})`;
}
