import type { ApplyTask } from '#engine/apply-host.js';
import { assessFleet } from '#engine/assess-fleet.js';
import { finishHost } from '#engine/finish-host.js';
import { forEachHost } from '#engine/for-each-host.js';
import type { HostTask } from '#engine/host-task.js';
import { settleHost } from '#engine/settle-host.js';
import { judgeRollback, standingByRollback, standingBySettings } from '#engine/standing.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { TsyncError } from '#errors/tsync-error.js';
import { invertChanges } from '#plan/invert.js';
import type { HostPlan } from '#plan/plan.js';
import { refuseRestart } from '#plan/refuse-restart.js';
import { findStale } from '#plan/stale.js';
import { askedBy } from '#policy/asked.js';
import { STRATEGIES } from '#policy/settings.js';
import { countOf } from '#report/host-names.js';
import { summaryText } from '#report/summary-text.js';
import { type InFlight, type Resumption, resumptionOf } from '#run/resumption.js';
import { askYes } from '../ask-yes.js';
import { withStore } from '../find-run.js';
import { loadConcerned } from '../load-concerned.js';
import { type OpenRun, openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions, RolloutOptions } from '../options.js';
import { followEvents, isText, printEnd } from '../output.js';
import { applyApproved } from '../review-and-apply.js';

export type ResumeOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  RolloutOptions & { readonly inventory?: string; readonly yes?: boolean };

/**
 * `tsync resume RUN`: goes on with a run that was cut off. Every host in flight is asked how its transaction stands and is
 * settled: confirmed when it is proved, else taken back. Then the hosts that were approved and not begun are changed, each only
 * where its approved plan still fits. Gives the exit code.
 */
export async function resume(name: string, options: ResumeOptions): Promise<number> {
  const left = leftBy(name);
  const { state } = left;
  const { tasks, inventory } = await tasksOf(left, options);
  const named = new Set(tasks.map(({ host }) => host.name));
  const inFlight = left.inFlight.filter(({ host }) => named.has(host));
  const waiting = new Map(left.waiting.filter(({ host }) => named.has(host)).map(({ host, plan }) => [host, plan]));
  await agree(state.run, inFlight.length, waiting.size, options);

  // What goes on with a rollback is one too, so that `rollback latest` never brings anything in again.
  const kind = state.kind === 'rollback' ? 'rollback' : 'resume';
  const of = state.kind === 'rollback' ? (state.of ?? state.run) : state.run;
  const run = await openRun({ kind, tasks, inventory, of, asked: askedOf(left, options), store: true }, options);
  const unfollow = followEvents(run, options);
  await settleInFlight(run, tasks, inFlight, left);
  const ready = await readyToGoOn(run, tasks, waiting, left);
  await applyApproved(run, ready, `the approval in run ${state.run}`, options);
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  printEnd(run.state(), options, (look) => summaryText(run.state(), look));
  return code;
}

function leftBy(name: string): Resumption {
  const left = withStore((store) => {
    const record =
      name === 'latest'
        ? (store.runs({ kinds: CHANGING }).find(({ end }) => end.state !== 'finished') ?? store.findRun(name))
        : store.findRun(name);
    if (record.end.state === 'running') {
      throw new TsyncError('resume/running', `Run ${record.run} of ${record.who} still goes on.`, { exitCode: 64 });
    }
    return resumptionOf(store.events(record.run));
  });
  if (left === null || left.inFlight.length + left.waiting.length === 0) {
    const detail = `Run ${left?.state.run ?? name} left no host in flight, and none that was approved and not begun.`;
    throw new TsyncError('resume/nothing', detail, { exitCode: 64 });
  }
  return left;
}

/** The hosts that are concerned, with the settings they had: of the same playbook, strategy and flags. */
async function tasksOf(left: Resumption, options: ResumeOptions) {
  const { playbook, strategy, confirmTimeout } = askedOf(left, options);
  const known = STRATEGIES.find((name) => name === strategy);
  const hosts = new Set([...left.inFlight, ...left.waiting].map(({ host }) => host));
  return loadConcerned(
    { hosts, inventory: left.state.inventory, by: `run ${left.state.run}` },
    {
      ...options,
      ...(playbook === null ? {} : { playbook }),
      ...(known === undefined ? {} : { strategy: known }),
      ...(confirmTimeout === null ? {} : { confirmTimeout }),
    },
  );
}

function askedOf({ state }: Resumption, { confirmTimeout }: ResumeOptions) {
  return { ...state.asked, confirmTimeout: confirmTimeout ?? state.asked.confirmTimeout };
}

async function agree(run: string, inFlight: number, waiting: number, options: ResumeOptions): Promise<void> {
  if (options.yes) return;
  const what =
    `Resume ${run}: settle ${countOf(inFlight, 'host')} in flight, ` +
    `and change ${countOf(waiting, 'host')} more, approved then?`;
  if (isText(options) && (await askYes(what))) return;
  throw new TsyncError('usage/no-terminal', `Not agreed to: ${what} Nothing was contacted.`, { exitCode: 64 });
}

/** Settles what is in flight as the run itself would have: the host tells how it stands, and is proved or taken back. */
async function settleInFlight(
  { deps }: OpenRun,
  tasks: readonly HostTask[],
  inFlight: readonly InFlight[],
  left: Resumption,
): Promise<void> {
  const items = inFlight.flatMap((one) => {
    const task = tasks.find((candidate) => candidate.host.name === one.host);
    return task === undefined ? [] : [{ task, ...one }];
  });
  const settle = async ({ task, host, plan, transaction, guardSeconds, begun }: (typeof items)[number]) => {
    const before = left.state.hosts.get(host);
    if (before?.summary == null) return;
    const { planDigest } = plan;
    deps.emit({ type: 'host-connecting', host });
    deps.emit({ type: 'host-assessed', host, plan, clock: before.clock, summary: before.summary, notes: before.notes });
    deps.emit({ type: 'apply-started', host, transaction, planDigest, guardSeconds });
    const extensions = { given: deps.pace.extensions };
    const item = applyTask(task, plan, left, deps.today);
    await settleHost({ ...item, transaction, guardSeconds, extensions, trouble: null, begun }, deps);
  };
  await forEachHost(items, deps, settle, { outcomeOf: () => 'guard-unknown', inFlight: true });
}

/** The hosts not begun that are still as their plan was made of; the others end as stale. */
async function readyToGoOn(
  { deps }: OpenRun,
  tasks: readonly HostTask[],
  waiting: ReadonlyMap<string, HostPlan>,
  left: Resumption,
): Promise<readonly ApplyTask[]> {
  const ready: ApplyTask[] = [];
  const planOf = ({ host }: HostTask): HostPlan => {
    const plan = waiting.get(host.name);
    if (plan === undefined) throw new Error(`${host.name} has no plan to go on with`);
    return plan;
  };
  await assessFleet(
    tasks.filter(({ host }) => waiting.has(host.name)),
    deps,
    {
      asRoot: true,
      judge: planOf,
      changesOf: (task) => planOf(task).changes,
      onAssessed({ task, probed, plan }) {
        const problem = findStale(plan.changes, probed.facts);
        if (problem === null) {
          const refused = refuseRestart(plan, probed.facts, task.settings, deps.today);
          if (refused !== null) throw new HostTrouble(refused);
          ready.push(applyTask(task, plan, left, deps.today));
        } else {
          const { clock } = probed.snapshot;
          finishHost(task.host.name, { outcome: 'stale', problem, clock }, deps);
        }
      },
    },
  );
  return ready;
}

function applyTask(task: HostTask, plan: HostPlan, { state }: Resumption, today: string): ApplyTask {
  const asked = askedBy(task.settings.settings.resources, plan.changes);
  if (state.kind !== 'rollback') return { task, plan, asked, standingOf: standingBySettings(task, plan, today) };
  const changes = new Map([[task.host.name, invertChanges(plan.changes)]]);
  const judge = judgeRollback(changes, new Map(), state.of ?? state.run);
  return { task, plan, asked, standingOf: standingByRollback(task, judge) };
}

const CHANGING = ['run', 'apply', 'rollback', 'resume'] as const;
