import type { ApplyTask } from '#engine/apply-host.js';
import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { HostTask } from '#engine/host-task.js';
import { withPreview } from '#engine/packages.js';
import { tryServers } from '#engine/preflight.js';
import { standingBySettings } from '#engine/standing.js';
import { takeBackAbandoned } from '#engine/take-back-abandoned.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { hasWork } from '#plan/has-work.js';
import { unsettledOn } from '#plan/open-transactions.js';
import { rejectedConfigOf } from '#plan/rejected-config.js';
import { hostsAfterPackages } from '#run/after-packages.js';
import { exitCode, graverExit } from '#run/exit-code.js';
import { loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import {
  askedIn,
  type ExitOptions,
  type FleetOptions,
  type OutputOptions,
  type PolicyOptions,
  type RolloutOptions,
} from '../options.js';
import { type Assess, isOnScreen, type ReviewOptions, reviewAndApply } from '../review-and-apply.js';

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
  const changes = options.check !== true;
  const given = { preflight: options.preflight, takeBack: changes && options.yes === true };
  const code = await reviewAndApply(open, options, assessForRun(tasks, open, given));
  const waiting = isOnScreen(options) ? hostsAfterPackages(open.state()) : new Set<string>();
  if (waiting.size === 0) return code;
  const state = open.state();
  const others = new Map([...state.hosts].filter(([name]) => !waiting.has(name)));
  const first = exitCode({ ...state, hosts: others }, { failOn: 'never', maxUnreachable: options.maxUnreachable });
  const again = tasks.filter(({ host }) => waiting.has(host.name));
  return graverExit(first, await runOn(again, inventory, { ...options, resumeWave: 1 }));
}

interface AssessForRun {
  readonly preflight: boolean;
  /** What an earlier run left open on a host and nobody guards any more is taken back first. */
  readonly takeBack: boolean;
}

/**
 * Probes as root, because changes need root and what only root can read belongs to the plan; then lets hosts try new servers.
 * A host on which an earlier change is still open, or whose chronyd would not start again, is refused.
 */
export function assessForRun(tasks: readonly HostTask[], run: OpenRun, options: AssessForRun): Assess {
  const { deps } = run;
  return (ready) =>
    assessFleet(tasks, deps, {
      asRoot: true,
      async onAssessed(assessed) {
        const { task, probed } = assessed;
        const unsettled = unsettledOn(probed.facts);
        if (unsettled.kind === 'abandoned' && options.takeBack) {
          await takeBackAbandoned(task.host, unsettled.transactions, deps);
          return assessForRun([task], run, { ...options, takeBack: false })(ready);
        }
        if (unsettled.kind !== 'none') throw new HostTrouble(unsettled.problem);
        const rejected = rejectedConfigOf(assessed.plan);
        if (rejected !== null) throw new HostTrouble(rejected);
        if (!hasWork(assessed.plan)) return finishUnchanged(assessed, deps);
        if (assessed.plan.packages !== null)
          return ready(applyTask(await withPreview(assessed, null, deps), deps.today));
        if (options.preflight) await tryServers(assessed, deps);
        ready(applyTask(assessed, deps.today));
      },
    });
}

function applyTask({ task, plan, asked }: Assessed, today: string): ApplyTask {
  return { task, plan, asked, standingOf: standingBySettings(task, plan, today) };
}
