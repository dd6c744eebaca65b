import { printable } from '#errors/printable.js';
import type { Conflict } from '#plan/plan.js';
import type { HostState } from '#run/run-state.js';
import { changeLines } from './change-lines.js';
import { type Drawing, paint } from './paint.js';

/** For each resource that somebody changed after a run: what the run had made of it, and what was made of it since. */
export function conflictLines(hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  return hosts.flatMap(({ host, plan }) =>
    (plan?.conflicts ?? []).flatMap((conflict) => [
      '',
      paint(`${printable(host)}: ${conflict.ofRun.kind} ${printable(conflict.ofRun.name)}`, 'bold', drawing),
      ...versionLines(conflict, drawing),
    ]),
  );
}

function versionLines({ ofRun, since }: Conflict, drawing: Drawing): readonly string[] {
  return [
    '  before the run, and after it:',
    ...changeLines(ofRun, drawing),
    '  after the run, and now:',
    ...changeLines(since, drawing),
  ];
}
