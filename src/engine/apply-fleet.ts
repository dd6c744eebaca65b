import pLimit from 'p-limit';
import { mayGoOn, waves } from '#plan/rollout.js';
import type { Settings } from '#policy/settings.js';
import type { Outcome } from '#run/outcome.js';
import { type ApplyTask, applyHost } from './apply-host.js';
import type { EngineDeps } from './deps.js';

/** Outcomes that count against `max_fail`. */
const FAILURES: ReadonlySet<Outcome> = new Set<Outcome>([
  'failed',
  'unreachable',
  'reverted',
  'stale',
  'guard-unknown',
]);

/**
 * Applies approved plans: hosts that share one rollout go in its waves, each wave waits until the one before is proved, and
 * once more than `max_fail` hosts failed the rest is left alone. `failedBefore` counts hosts that failed while they were probed.
 */
export async function applyFleet(items: readonly ApplyTask[], deps: EngineDeps, failedBefore: number): Promise<void> {
  for (const [rollout, hosts] of byRollout(items)) await applyInWaves(hosts, rollout, deps, failedBefore);
}

async function applyInWaves(
  items: readonly ApplyTask[],
  rollout: Settings['rollout'],
  deps: EngineDeps,
  failedBefore: number,
): Promise<void> {
  const limit = pLimit(deps.forks);
  let failed = failedBefore;
  for (const wave of waves(items, rollout.serial)) {
    const goesOn = mayGoOn(failed, items.length + failedBefore, rollout.maxFail);
    const outcomes = await Promise.all(
      wave.map((item) =>
        limit(() => (goesOn && !deps.finishSignal.aborted ? applyHost(item, deps) : skip(item, deps))),
      ),
    );
    failed += outcomes.filter((outcome) => FAILURES.has(outcome)).length;
  }
}

function skip({ task }: ApplyTask, deps: EngineDeps): Outcome {
  deps.emit({
    type: 'host-finished',
    host: task.host.name,
    outcome: 'skipped',
    problem: null,
    clock: null,
    source: null,
  });
  return 'skipped';
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
