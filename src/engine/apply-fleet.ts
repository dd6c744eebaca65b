import { type Problem, problem, stageOf } from '#errors/problem.js';
import { mayGoOn, waves } from '#plan/rollout.js';
import { waitForWindow } from '#plan/wait-for-window.js';
import { countsAsFailed } from '#run/counts-as-failed.js';
import type { Outcome } from '#run/outcome.js';
import type { Settings } from '#settings/settings.js';
import type { ApplyTask } from './apply-task.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import { forEachHost, orFinish } from './for-each-host.js';

type FleetDeps = Pick<EngineDeps, 'forks' | 'pace' | 'finishSignal' | 'emit'> & {
  readonly clock: Pick<EngineDeps['clock'], 'nowSeconds'>;
};

export interface RolloutStart {
  /** Hosts that failed before anything was changed, by the definition of `countsAsFailed`. */
  readonly failedBefore: number;
  /** The wave of `serial` to begin with, from 1. */
  readonly firstWave: number;
}

/**
 * Applies approved plans: hosts that share one rollout go in its waves, each wave waits until the one before is proved, and
 * once more than `max_fail` hosts failed no further host is begun, also not in the wave that goes on. A host whose maintenance
 * window is closed when its turn comes is left as it is. `change` changes and
 * proves one host.
 */
export async function applyFleet(
  items: readonly ApplyTask[],
  deps: FleetDeps,
  start: RolloutStart,
  change: (item: ApplyTask) => Promise<Outcome>,
): Promise<void> {
  const groups = byRollout(items);
  let failed = start.failedBefore;
  for (const [rollout, hosts] of groups) {
    const total = hosts.length + start.failedBefore;
    failed = await applyInWaves(hosts, rollout, deps, { ...start, failed, total, change });
  }
}

/** Gives how many hosts have failed in the end. */
async function applyInWaves(
  items: readonly ApplyTask[],
  { serial, maxFail }: Settings['rollout'],
  deps: FleetDeps,
  from: {
    readonly failed: number;
    readonly total: number;
    readonly firstWave: number;
    readonly change: (item: ApplyTask) => Promise<Outcome>;
  },
): Promise<number> {
  const all = waves(items, serial, from.firstWave);
  let failed = from.failed;

  async function begin(item: ApplyTask): Promise<void> {
    await deps.pace.whenOpen(deps.finishSignal);
    if (deps.finishSignal.aborted) return skip(item, deps, null);
    if (!mayGoOn(failed, from.total, maxFail)) return skip(item, deps, stopped(failed, from.total, maxFail));
    const closed = waitForWindow(item.plan, item.task.settings.settings, deps.clock.nowSeconds());
    if (closed !== null) return skip(item, deps, closed);
    const outcome = await orFinish(item.task.host.name, deps, () => from.change(item), outcomeOfUnexpected);
    if (countsAsFailed(outcome)) failed++;
  }
  for (const [index, wave] of all.entries()) {
    if (mayGoOn(failed, from.total, maxFail) && !deps.finishSignal.aborted) {
      deps.emit({
        type: 'wave-started',
        wave: from.firstWave + index,
        of: from.firstWave + all.length - 1,
        hosts: wave.length,
      });
    }
    await forEachHost(wave, deps, begin);
  }
  return failed;
}

function stopped(failed: number, total: number, maxFail: Settings['rollout']['maxFail']): Problem {
  const detail = `${failed} of ${total} hosts failed, and rollout.max_fail is ${maxFail}: it was left as it is.`;
  return problem('rollout/stopped', detail);
}

function skip({ task }: ApplyTask, deps: FleetDeps, problem: Problem | null): void {
  finishHost(task.host.name, { outcome: 'skipped', problem }, deps);
}

/** Of a store error: the record of a beginning could not be written, so nothing was begun. */
function outcomeOfUnexpected(problem: Problem): Outcome {
  return stageOf(problem) === 'store' ? 'skipped' : 'guard-unknown';
}

function byRollout(items: readonly ApplyTask[]): Map<Settings['rollout'], ApplyTask[]> {
  const groups = new Map<string, { rollout: Settings['rollout']; items: ApplyTask[] }>();
  for (const item of items) {
    const { rollout } = item.task.settings.settings;
    const key = JSON.stringify([rollout.serial, rollout.maxFail]);
    const group = groups.get(key) ?? { rollout, items: [] };
    group.items.push(item);
    groups.set(key, group);
  }
  return new Map([...groups.values()].map((group) => [group.rollout, group.items]));
}
