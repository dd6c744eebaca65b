import type { Review } from './approval.js';
import { type AssessForRun, assessForRun } from './assess-for-run.js';
import { changeApproved } from './change-approved.js';
import type { Session } from './session.js';

/** Probes, plans, has the plans reviewed, and makes true and proves what was approved. */
export async function run(
  session: Session,
  review: Review,
  options: AssessForRun & { readonly firstWave: number },
): Promise<void> {
  const items = await assessForRun(session, options);
  await changeApproved(session, items, await review(items), options.firstWave);
}
