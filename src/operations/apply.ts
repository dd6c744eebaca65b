import type { HostTask } from '#engine/host-task.js';
import { standingBySettings } from '#engine/standing.js';
import type { HostPlan } from '#plan/plan.js';
import type { Review } from './approval.js';
import { assessKept } from './assess-kept.js';
import { changeApproved } from './change-approved.js';
import type { Session } from './session.js';

/** Makes saved plans true, each only on a host that is still as its plan was made of. */
export async function apply(
  session: Session,
  review: Review,
  {
    plans,
    takesBackImages,
    firstWave,
  }: {
    readonly plans: ReadonlyMap<string, HostPlan>;
    readonly takesBackImages: boolean;
    readonly firstWave: number;
  },
): Promise<void> {
  const { today } = session.deps;
  const standingOf = (task: HostTask, plan: HostPlan) => standingBySettings(task, plan, today);
  const items = await assessKept(session, { plans, takesBackImages, standingOf });
  await changeApproved(session, items, await review(items), firstWave);
}
