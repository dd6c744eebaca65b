import { type ApplyTask, gateChange } from '#engine/apply-task.js';
import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import { finishHost } from '#engine/finish-host.js';
import { withPreview } from '#engine/packages.js';
import { readChanges } from '#engine/read-changes.js';
import { refuseOpenImage } from '#engine/refuse-open-image.js';
import { judgeRollback, standingByRollback } from '#engine/standing.js';
import { hasWork } from '#plan/has-work.js';
import type { Change } from '#resources/resource.js';
import type { HostState, RunState } from '#run/run-state.js';
import type { Review } from './approval.js';
import { changeApproved } from './change-approved.js';
import type { Session } from './session.js';

type PackageWork = NonNullable<HostState['packageWork']>;

/** What is to be taken back. */
export interface Undoing {
  /** The name of the run that changed it. */
  readonly run: string;
  /** By host, in the order in which they were made. Null: the hosts are asked, which keep it themselves. */
  readonly changes: ReadonlyMap<string, readonly Change[]> | null;
  /** The work on packages, by host. */
  readonly works: ReadonlyMap<string, PackageWork>;
}

/** What a run that is kept here left on its hosts. Of hosts that were taken back already there is nothing left to do. */
export function undoingOf(run: RunState): Undoing & { readonly changes: ReadonlyMap<string, readonly Change[]> } {
  const touched = [...run.hosts.values()].filter((host) => isTouched(host) || host.packageWork !== null);
  const changes = touched.map((host) => [host.host, isTouched(host) ? (host.plan?.changes ?? []) : []] as const);
  const works = touched.flatMap(({ host, packageWork }) => (packageWork ? [[host, packageWork] as const] : []));
  return { run: run.run, changes: new Map(changes), works: new Map(works) };
}

/** What the hosts keep of a run that is not kept here. */
export function undoingByHosts(run: string): Undoing {
  return { run, changes: null, works: new Map() };
}

/** Takes back what a run changed: its changes swapped, with the same review, guard and proof as any other plan. */
export async function rollback(
  session: Session,
  review: Review,
  undoing: Undoing,
  options: { readonly takesBackImages: boolean; readonly firstWave: number },
): Promise<void> {
  const items = await assessUndoing(session, undoing, options.takesBackImages);
  await changeApproved(session, items, await review(items), options.firstWave);
}

async function assessUndoing(
  { tasks, deps }: Session,
  undoing: Undoing,
  takesBackImages: boolean,
): Promise<readonly ApplyTask[]> {
  const { run, works } = undoing;
  const changes = undoing.changes ?? (await readChanges(tasks, run, deps));
  const judge = judgeRollback(changes, works, run);
  const items: ApplyTask[] = [];
  const onAssessed = async (assessed: Assessed) => {
    const { task, probed, plan } = assessed;
    const host = task.host.name;
    refuseOpenImage(probed.facts);
    const { refused } = plan;
    if (refused !== null) {
      finishHost(host, { outcome: 'stale', problem: refused, clock: probed.snapshot.clock }, deps);
      return;
    }
    if (!hasWork(plan)) return finishUnchanged(assessed, deps);
    const work = works.get(host)?.work ?? null;
    const proof = { standingOf: standingByRollback(task, judge), ...(work !== null && { undoes: work }) };
    const gated = gateChange(assessed, proof, deps);
    if (!gated.may) return;
    const previewed = await withPreview(assessed, work, deps);
    items.push({ ...gated.item, plan: previewed.plan });
  };
  const concerned = tasks.filter(({ host }) => changes.has(host.name));
  await assessFleet(concerned, deps, {
    asRoot: true,
    takesBackImages,
    judge,
    changesOf: ({ host }) => changes.get(host.name) ?? [],
    onAssessed,
  });
  return items;
}

function isTouched({ transaction, outcome }: HostState): boolean {
  return transaction !== null && (outcome === 'changed' || outcome === 'guard-unknown' || outcome === null);
}
