import { type Problem, problem } from '#errors/problem.js';
import { kindOf } from '#resources/kinds.js';
import { describeWindows, isWindowOpen } from '#settings/maintenance-window.js';
import type { Settings } from '#settings/settings.js';
import type { HostPlan } from './plan.js';

/**
 * Why this plan may not be applied at that time (Unix seconds), or null. Only what may step the clock, leave it without
 * sync or start and stop a service waits for the window: a new server that chronyd takes in without a restart does not.
 */
export function waitForWindow(plan: HostPlan, { windows }: Settings, nowSeconds: number): Problem | null {
  if (!disturbs(plan) || isWindowOpen(windows, nowSeconds)) return null;
  const detail = `The plan may restart a daemon or step the clock; the window is ${describeWindows(windows)}.`;
  return problem('rollout/outside-window', detail);
}

function disturbs({ actions, changes, packages }: HostPlan): boolean {
  return (
    packages !== null ||
    actions.some(({ mayStep, withoutSyncSeconds }) => mayStep || withoutSyncSeconds > 0) ||
    changes.some((change) => kindOf(change).disturbs)
  );
}
