import type { HostTask } from '#engine/host-task.js';
import { run as runFleet } from '#operations/run.js';
import { hostsAfterPackages } from '#run/after-packages.js';
import { exitCode, graverExit } from '#run/exit-code.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import {
  askedIn,
  type ExitOptions,
  type FleetOptions,
  type OutputOptions,
  type PolicyOptions,
  type RolloutOptions,
} from '../options.js';
import { isAgreed, isOnScreen, type ReviewOptions, reviewed } from '../review.js';

export type RunOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly preflight: boolean };

/**
 * `tsync run`: probe, plan, review, apply, prove. On the screen, hosts that got their packages come back with what is to be changed
 * then, in a run of their own: nothing is applied that was not shown. Gives the exit code.
 */
export async function run(inventory: string, options: RunOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  return runOn(tasks, inventory, options);
}

async function runOn(tasks: readonly HostTask[], inventory: string, options: RunOptions): Promise<number> {
  const open = await openRun({ kind: 'run', tasks, inventory, asked: askedIn(options), store: true }, options);
  const { preflight, resumeWave: firstWave = 1 } = options;
  const code = await reviewed(open, options, (review) =>
    runFleet(open, review, { preflight, takeBack: isAgreed(options), firstWave }),
  );
  const waiting = isOnScreen(options) ? hostsAfterPackages(open.state()) : new Set<string>();
  if (waiting.size === 0) return code;
  const state = open.state();
  const others = new Map([...state.hosts].filter(([name]) => !waiting.has(name)));
  const first = exitCode({ ...state, hosts: others }, { failOn: 'never', maxUnreachable: options.maxUnreachable });
  const again = tasks.filter(({ host }) => waiting.has(host.name));
  return graverExit(first, await runOn(again, inventory, { ...options, resumeWave: 1 }));
}
