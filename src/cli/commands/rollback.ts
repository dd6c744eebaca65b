import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { EngineDeps } from '#engine/deps.js';
import { finishHost } from '#engine/finish-host.js';
import type { HostTask } from '#engine/host-task.js';
import { withPreview } from '#engine/packages.js';
import { readChanges } from '#engine/read-changes.js';
import { refuseOpenImage } from '#engine/refuse-open-image.js';
import { judgeRollback, standingByRollback } from '#engine/standing.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import { hasWork } from '#plan/has-work.js';
import type { HostPlan } from '#plan/plan.js';
import { refuseRestart } from '#plan/refuse-restart.js';
import type { Change } from '#resources/resource.js';
import type { HostState, RunState } from '#run/run-state.js';
import { findRun, withStore } from '../find-run.js';
import { type ConcernedTasks, loadConcerned } from '../load-concerned.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type RolloutOptions } from '../options.js';
import { type ReviewOptions, reviewAndApply } from '../review-and-apply.js';

export type RollbackOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly inventory?: string };

/** What is to be taken back, and who knows what it was: the store of the run, or the hosts themselves. */
interface Taken {
  readonly run: string;
  /** As it was named then, or is named now. */
  readonly inventory: string;
  /** The hosts that it changed; null: those of the inventory are asked. */
  readonly hosts: ReadonlySet<string> | null;
  /** By host, in the order in which they were made. A host that is not in it is finished already. */
  readonly changes: (tasks: readonly HostTask[], deps: EngineDeps) => Promise<ReadonlyMap<string, readonly Change[]>>;
  readonly works: ReturnType<typeof packageWorks>;
}

/**
 * `tsync rollback RUN`: the changes of that run swapped, with the same review, guard and proof. Without the store of that run,
 * the hosts of `--inventory` are asked what it changed. Gives the exit code.
 */
export async function rollback(name: string, options: RollbackOptions): Promise<number> {
  const taken = takenRun(name, options.inventory);
  const { works } = taken;
  const { tasks, inventory } = await tasksOf(taken, options);

  const run = await openRun(
    { kind: 'rollback', tasks, inventory, of: taken.run, asked: askedIn(options), store: true },
    options,
  );
  return reviewAndApply(run, options, async (ready) => {
    const changes = await taken.changes(tasks, run.deps);
    const judge = judgeRollback(changes, works, taken.run);
    const begun = tasks.filter(({ host }) => changes.has(host.name));
    await assessFleet(begun, run.deps, {
      asRoot: true,
      takesBackImages: options.yes === true && options.check !== true,
      judge,
      changesOf: ({ host }) => changes.get(host.name) ?? [],
      async onAssessed(assessed) {
        refuseOpenImage(assessed.probed.facts);
        const refused = refusalOf(assessed.plan, taken.run);
        if (refused !== null) return finishStale(assessed, refused, run.deps);
        const { facts } = assessed.probed;
        const restart = refuseRestart(assessed.plan, facts, assessed.task.settings, run.deps.today);
        if (restart !== null) throw new HostTrouble(restart);
        if (!hasWork(assessed.plan)) return finishUnchanged(assessed, run.deps);
        const work = works.get(assessed.task.host.name)?.work;
        const { task, plan, asked } = await withPreview(assessed, work ?? null, run.deps);
        ready({ task, plan, asked, standingOf: standingByRollback(task, judge), ...(work && { undoes: work }) });
      },
    });
  });
}

async function tasksOf({ run, inventory, hosts }: Taken, options: RollbackOptions): Promise<ConcernedTasks> {
  if (hosts !== null) return loadConcerned({ hosts, inventory, by: `run ${run}` }, options);
  const { tasks, read } = await loadFleet(inventory, options);
  return { tasks, inventory, read };
}

function takenRun(name: string, inventory: string | undefined): Taken {
  const kept = name === 'latest' ? latestChange() : keptRun(name);
  if (kept !== null) return fromStore(kept);
  if (inventory !== undefined) return fromHosts(name, inventory);
  throw nothing(
    `No run ${printable(name)} is kept here. Where it was another operator's, name the hosts: tsync rollback ${printable(name)} --inventory FILE.`,
  );
}

function fromStore(run: RunState): Taken {
  const changes = changesToTakeBack(run);
  if (changes.size === 0) throw nothing(`Run ${run.run} changed nothing, or everything was taken back already.`);
  return {
    run: run.run,
    inventory: run.inventory,
    hosts: new Set(changes.keys()),
    changes: async () => changes,
    works: packageWorks(run),
  };
}

function fromHosts(name: string, inventory: string): Taken {
  return {
    run: name,
    inventory,
    hosts: null,
    changes: (tasks, deps) => readChanges(tasks, name, deps),
    works: new Map(),
  };
}

/** Null: it is not kept here. */
function keptRun(name: string): RunState | null {
  try {
    return findRun(name);
  } catch (error) {
    if (error instanceof TsyncError && error.problem.code === 'store/no-such-run') return null;
    throw error;
  }
}

/** Why this host is not taken back: nothing is, where one of its resources was changed since or cannot be read. */
function refusalOf(plan: HostPlan, run: string): Problem | null {
  if (plan.strategy.taken !== 'none') return null;
  const names = (plan.conflicts ?? []).map(({ ofRun }) => `${ofRun.kind} ${ofRun.name}`);
  if (names.length > 0) {
    return problem(
      'plan/changed-since',
      `Changed by somebody after run ${run}: ${names.join(', ')}. Nothing is taken back here.`,
    );
  }
  const [unknown] = plan.findings.flatMap((finding) => (finding.status === 'unknown' ? [finding.problem] : []));
  return unknown ?? null;
}

function finishStale({ task, probed }: Assessed, problem: Problem, deps: EngineDeps): void {
  finishHost(task.host.name, { outcome: 'stale', problem, clock: probed.snapshot.clock }, deps);
}

/** The latest run that left changes on a host. Never a rollback: taking back twice finds nothing, and brings nothing in again. */
function latestChange(): RunState {
  const runs = withStore((store) => store.runs({ touched: true, kinds: ['run', 'apply', 'resume'] }));
  for (const { run } of runs) {
    const state = findRun(run);
    if (changesToTakeBack(state).size > 0) return state;
  }
  throw nothing('No run that is kept here changed anything.');
}

/** By host, in the order in which they were made; of hosts that were taken back already there is nothing left to do. */
function changesToTakeBack(run: RunState): ReadonlyMap<string, readonly Change[]> {
  const touched = [...run.hosts.values()].filter((host) => isTouched(host) || host.packageWork !== null);
  return new Map(touched.map((host) => [host.host, isTouched(host) ? (host.plan?.changes ?? []) : []]));
}

function packageWorks(run: RunState) {
  return new Map(
    [...run.hosts.values()].flatMap(({ host, packageWork }) => (packageWork ? [[host, packageWork]] : [])),
  );
}

function isTouched({ transaction, outcome }: HostState): boolean {
  return transaction !== null && (outcome === 'changed' || outcome === 'guard-unknown' || outcome === null);
}

function nothing(detail: string): TsyncError {
  return new TsyncError('rollback/nothing', detail, { exitCode: 64 });
}
