import { applyFleet } from '#engine/apply-fleet.js';
import type { ApplyTask } from '#engine/apply-task.js';
import { applyWithPackages } from '#engine/apply-with-packages.js';
import { finishHost } from '#engine/finish-host.js';
import { countsAsFailed } from '#run/counts-as-failed.js';
import type { Approval } from './approval.js';
import type { Session } from './session.js';

/**
 * Makes the approved plans true, in the waves of their rollouts, and proves them; `firstWave` from 1. Every other host is finished as the
 * approval says. A host whose preflight failed would only be changed and taken back: it is left as it is.
 */
export async function changeApproved(
  session: Session,
  items: readonly ApplyTask[],
  approval: Approval,
  firstWave: number,
): Promise<void> {
  const { deps, state } = session;
  const approved: ApplyTask[] = [];
  for (const item of byInventory(session, items)) {
    const host = item.task.host.name;
    const problem = state().hosts.get(host)?.problem ?? null;
    if (!approval.hosts.has(host)) finishHost(host, approval.endOf(item), deps);
    else if (problem !== null) finishHost(host, { outcome: 'failed', problem }, deps);
    else approved.push(item);
  }
  for (const { task, plan } of approved)
    deps.emit({ type: 'host-approved', host: task.host.name, planDigest: plan.planDigest, by: approval.by });
  const failedBefore = [...state().hosts.values()].filter(({ outcome }) => countsAsFailed(outcome)).length;
  await applyFleet(approved, deps, { failedBefore, firstWave }, (item) =>
    applyWithPackages(item, approval.afterPackages, deps),
  );
}

/** Hosts are assessed in the order of their answers, and shown and changed in the order of the inventory. */
export function byInventory({ tasks }: Session, items: readonly ApplyTask[]): readonly ApplyTask[] {
  const byHost = new Map(items.map((item) => [item.task.host.name, item]));
  return tasks.flatMap(({ host }) => byHost.get(host.name) ?? []);
}
