import { audit as auditFleet } from '#operations/audit.js';
import { auditText } from '#report/audit-text.js';
import type { FailOn } from '#run/exit-code.js';
import { followed } from '../followed.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type PolicyOptions } from '../options.js';

export type AuditOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions & { readonly failOn: FailOn; readonly store: boolean };

/** `tsync audit`: probes and judges, changes nothing, needs no root. Gives the exit code. */
export async function audit(inventory: string, options: AuditOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const asked = askedIn(options);
  const run = await openRun({ kind: 'audit', tasks, inventory, asked, store: options.store }, options);
  return followed(run, options, () => auditFleet(run), auditText);
}
