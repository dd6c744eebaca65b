import { type ApplyTask, gateChange } from '#engine/apply-task.js';
import { assessFleet } from '#engine/assess-fleet.js';
import type { HostTask } from '#engine/host-task.js';
import type { StandingOf } from '#engine/settle-host.js';
import type { HostPlan } from '#plan/plan.js';
import type { Session } from './session.js';

/** Plans that were made before, and how each is proved. */
export interface KeptPlans {
  /** By host. */
  readonly plans: ReadonlyMap<string, HostPlan>;
  readonly standingOf: (task: HostTask, plan: HostPlan) => StandingOf;
  /** It was agreed to that what a killed run left in an image tree is taken back first. */
  readonly takesBackImages: boolean;
}

/** Probes the hosts of plans that were made before. Gives those that still are as their plan was made of; the others are finished. */
export async function assessKept(
  { tasks, deps }: Session,
  { plans, standingOf, takesBackImages }: KeptPlans,
): Promise<readonly ApplyTask[]> {
  const planOf = ({ host }: HostTask): HostPlan => {
    const plan = plans.get(host.name);
    if (plan === undefined) throw new Error(`${host.name} has no plan`);
    return plan;
  };
  const items: ApplyTask[] = [];
  const concerned = tasks.filter(({ host }) => plans.has(host.name));
  await assessFleet(concerned, deps, {
    asRoot: true,
    takesBackImages,
    judge: planOf,
    changesOf: (task) => planOf(task).changes,
    onAssessed(assessed) {
      const { task, plan } = assessed;
      const gated = gateChange(assessed, { standingOf: standingOf(task, plan) }, deps);
      if (gated.may) items.push(gated.item);
    },
  });
  return items;
}
