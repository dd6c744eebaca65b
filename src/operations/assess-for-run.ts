import { type ApplyTask, gateChange } from '#engine/apply-task.js';
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
import type { Session } from './session.js';

export interface AssessForRun {
  /** Hosts try the servers that they are to get. */
  readonly preflight: boolean;
  /** What an earlier run left open on a host and nobody guards any more is taken back first. */
  readonly takeBack: boolean;
}

/**
 * Probes as root, because changes need root and what only root can read belongs to the plan, and gives what may be changed. Every other
 * host is finished.
 */
export async function assessForRun(
  { tasks, deps }: Session,
  { preflight, takeBack }: AssessForRun,
): Promise<readonly ApplyTask[]> {
  const items: ApplyTask[] = [];
  const abandoned: HostTask[] = [];
  const onAssessed = async (assessed: Assessed) => {
    const { task, probed, plan } = assessed;
    const unsettled = unsettledOn(probed.facts);
    if (unsettled.kind === 'abandoned' && takeBack && !abandoned.includes(task)) {
      abandoned.push(task);
      await takeBackAbandoned(task.host, unsettled.transactions, deps);
      return assessFleet([task], deps, { asRoot: true, onAssessed });
    }
    if (unsettled.kind !== 'none') throw new HostTrouble(unsettled.problem);
    const rejected = rejectedConfigOf(plan);
    if (rejected !== null) throw new HostTrouble(rejected);
    if (!hasWork(plan)) return finishUnchanged(assessed, deps);
    const gated = gateChange(assessed, { standingOf: standingBySettings(task, plan, deps.today) }, deps);
    if (!gated.may) return;
    const { item } = gated;
    if (plan.packages !== null) {
      const previewed = await withPreview(assessed, null, deps);
      items.push({ ...item, plan: previewed.plan, standingOf: standingBySettings(task, previewed.plan, deps.today) });
      return;
    }
    if (preflight) await tryServers(assessed, deps);
    items.push(item);
  };
  await assessFleet(tasks, deps, { asRoot: true, onAssessed });
  return items;
}
