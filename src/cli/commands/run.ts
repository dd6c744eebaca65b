import type { ApplyTask } from '#engine/apply-host.js';
import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { HostTask } from '#engine/host-task.js';
import { tryServers } from '#engine/preflight.js';
import { standingBySettings } from '#engine/standing.js';
import { loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions, PolicyOptions, RolloutOptions } from '../options.js';
import { type Assess, type ReviewOptions, reviewAndApply } from '../review-and-apply.js';

export type RunOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly preflight: boolean };

/** `tsync run`: probe, plan, review, apply, prove. Gives the exit code. */
export async function run(inventory: string, options: RunOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const open = await openRun({ kind: 'run', tasks, inventory, store: true }, options);
  return reviewAndApply(
    open,
    options,
    assessForRun(tasks, open, { ...options, settlesImages: options.check !== true }),
  );
}

interface AssessForRun {
  readonly preflight: boolean;
  /** What a killed run left in an image tree is taken back first. */
  readonly settlesImages: boolean;
}

/** Probes as root, because changes need root and what only root can read belongs to the plan; then lets hosts try new servers. */
export function assessForRun(tasks: readonly HostTask[], { deps }: OpenRun, options: AssessForRun): Assess {
  return (ready) =>
    assessFleet(tasks, deps, {
      asRoot: true,
      settlesImages: options.settlesImages,
      async onAssessed(assessed) {
        if (assessed.plan.changes.length === 0) return finishUnchanged(assessed, deps);
        if (options.preflight) await tryServers(assessed, deps);
        ready(applyTask(assessed, deps.today));
      },
    });
}

function applyTask({ task, plan, asked }: Assessed, today: string): ApplyTask {
  return { task, plan, asked, standingOf: standingBySettings(task, plan, today) };
}
