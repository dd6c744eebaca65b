import type { ApplyTask } from '#engine/apply-task.js';
import { approveNone } from './approval.js';
import { assessForRun } from './assess-for-run.js';
import { byInventory, changeApproved } from './change-approved.js';
import type { Session } from './session.js';

/** What `run` would change, host by host in the order of the inventory. Changes nothing. */
export async function plan(session: Session, options: { readonly preflight: boolean }): Promise<readonly ApplyTask[]> {
  const items = await assessForRun(session, { ...options, takeBack: false });
  await changeApproved(session, items, approveNone('drifted'), 1);
  return byInventory(session, items);
}
