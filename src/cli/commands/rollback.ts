import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { EngineDeps } from '#engine/deps.js';
import { withPreview } from '#engine/packages.js';
import { judgeRollback, standingByRollback } from '#engine/standing.js';
import { type Problem, problem } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import { hasWork } from '#plan/has-work.js';
import type { HostPlan } from '#plan/plan.js';
import type { Change } from '#resources/resource.js';
import type { HostState, RunState } from '#run/run-state.js';
import { findRun, withStore } from '../find-run.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type RolloutOptions } from '../options.js';
import { type ReviewOptions, reviewAndApply } from '../review-and-apply.js';

export type RollbackOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly inventory?: string };

/** `tsync rollback RUN`: the changes of that run swapped, with the same review, guard and proof. Gives the exit code. */
export async function rollback(name: string, options: RollbackOptions): Promise<number> {
  const taken = name === 'latest' ? latestChange() : findRun(name);
  const changes = changesToTakeBack(taken);
  if (changes.size === 0) throw nothing(`Run ${taken.run} changed nothing, or everything was taken back already.`);
  const inventory = options.inventory ?? taken.inventory;
  const { tasks: all } = await loadFleet(inventory, options);
  const tasks = all.filter(({ host }) => changes.has(host.name));
  if (tasks.length === 0) throw nothing(`Run ${taken.run} changed no host that ${inventory} and --limit name.`);

  const run = await openRun(
    { kind: 'rollback', tasks, inventory, of: taken.run, asked: askedIn(options), store: true },
    options,
  );
  const works = packageWorks(taken);
  const judge = judgeRollback(changes, works, taken.run);
  return reviewAndApply(run, options, (ready) =>
    assessFleet(tasks, run.deps, {
      asRoot: true,
      settlesImages: options.check !== true,
      judge,
      changesOf: ({ host }) => changes.get(host.name) ?? [],
      async onAssessed(assessed) {
        const refused = refusalOf(assessed.plan, taken.run);
        if (refused !== null) return finishStale(assessed, refused, run.deps);
        if (!hasWork(assessed.plan)) return finishUnchanged(assessed, run.deps);
        const work = works.get(assessed.task.host.name)?.work;
        const { task, plan, asked } = await withPreview(assessed, work ?? null, run.deps);
        ready({ task, plan, asked, standingOf: standingByRollback(task, judge), ...(work && { undoes: work }) });
      },
    }),
  );
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

function finishStale({ task, probed }: Assessed, refused: Problem, { emit }: EngineDeps): void {
  const { clock } = probed.snapshot;
  emit({ type: 'host-finished', host: task.host.name, outcome: 'stale', problem: refused, clock, source: null });
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
