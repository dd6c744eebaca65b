import { type ApplyTask } from '#engine/apply-host.js';
import { applyFleet } from '#engine/apply-fleet.js';
import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import { preflight } from '#engine/preflight.js';
import { standingBySettings } from '#engine/standing.js';
import { serversToTry } from '#plan/servers-to-try.js';
import { createTransport } from '../create-transport.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions, PolicyOptions } from '../options.js';
import { reviewAndApply } from '../review-and-apply.js';

export type RunOptions = FleetOptions & PolicyOptions & OutputOptions & ExitOptions & ReviewOptions & { readonly preflight: boolean };

/** How changes are agreed to. */
export interface ReviewOptions {
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly diff?: boolean;
}

/** `tsync run`: probe, plan, review, apply, prove. Gives the exit code. */
export async function run(inventory: string, options: RunOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const hosts = tasks.map(({ host }) => host.name);
  const open = await openRun({ kind: 'run', hosts, inventory, of: null, transport: createTransport(options), forks: options.forks, store: true });
  return reviewAndApply(open, options, async (ready) => {
    await assessFleet(tasks, open.deps, {
      asRoot: true,
      async then(assessed) {
        if (assessed.plan.changes.length === 0) return finishUnchanged(assessed, open.deps);
        if (options.preflight) await tryServers(assessed, open.deps);
        ready(applyTask(assessed, open.deps.today));
      },
    });
  });
}
