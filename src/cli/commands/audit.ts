import { assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import { auditText } from '#report/audit-text.js';
import type { FailOn } from '#run/exit-code.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type PolicyOptions } from '../options.js';
import { followEvents, printEnd } from '../output.js';

export type AuditOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions & { readonly failOn: FailOn; readonly store: boolean };

/** `tsync audit`: probes and judges, changes nothing, needs no root. Gives the exit code. */
export async function audit(inventory: string, options: AuditOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun(
    { kind: 'audit', tasks, inventory, asked: askedIn(options), store: options.store },
    options,
  );
  const unfollow = followEvents(run, options);
  await assessFleet(tasks, run.deps, {
    asRoot: false,
    onAssessed: (assessed) => finishUnchanged(assessed, run.deps),
  });
  const code = await run.finish({ failOn: options.failOn, maxUnreachable: options.maxUnreachable });
  unfollow();
  printEnd(run.state(), options, (look) => auditText(run.state(), look));
  return code;
}
