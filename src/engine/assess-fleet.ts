import { assess } from '#plan/assess.js';
import { hasWork } from '#plan/has-work.js';
import { unsettledOn } from '#plan/open-transactions.js';
import type { HostPlan } from '#plan/plan.js';
import { waitForWindow } from '#plan/wait-for-window.js';
import { askedBy } from '#policy/asked.js';
import type { Change } from '#resources/resource.js';
import { isAgainst } from '#run/count-findings.js';
import { summariseHost } from '#run/host-summary.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import { forEachHost } from './for-each-host.js';
import type { HostTask } from './host-task.js';
import { type Probed, probeHost } from './probe-host.js';
import { takeBackAbandoned } from './take-back-abandoned.js';

/** A host that was probed and judged, with what its plan was made of. */
export interface Assessed {
  readonly task: HostTask;
  readonly probed: Probed;
  readonly plan: HostPlan;
  /** What the probe read beside all else: `askedBy`. */
  readonly asked: readonly string[];
  /** What was said of the host beside its plan. */
  readonly notes: readonly string[];
}

/** What a command does with each host as soon as it is assessed; what it rejects with is that host's problem. */
export type AfterAssessment = (assessed: Assessed) => Promise<void> | void;

/** How a host is judged: by its settings, or, in a rollback, by what an earlier run changed. Throws `HostTrouble`. */
export type Judge = (task: HostTask, probed: Probed) => HostPlan;

export interface AssessOptions {
  readonly asRoot: boolean;
  readonly judge?: Judge;
  /** Changes that the probe must be able to judge beside what the settings ask for: of a saved plan, or of an earlier run. */
  readonly changesOf?: (task: HostTask) => readonly Change[];
  /** True: it was agreed to that what a killed run left in an image tree is taken back first. Else such a tree is shown as it is. */
  readonly takesBackImages?: boolean;
  readonly onAssessed: AfterAssessment;
}

/**
 * Probes every host, `forks` at a time, and judges what was seen. Emits everything; a host that cannot be probed is finished
 * with its problem, and the others go on. Hosts not begun when the run is interrupted are finished as skipped.
 */
export async function assessFleet(tasks: readonly HostTask[], deps: EngineDeps, options: AssessOptions): Promise<void> {
  await forEachHost(tasks, deps, (task) => assessHost(task, deps, options));
}

async function assessHost(
  task: HostTask,
  deps: EngineDeps,
  { asRoot, judge = judgeBySettings(deps.today), changesOf, takesBackImages = false, onAssessed }: AssessOptions,
): Promise<void> {
  const host = task.host.name;
  deps.emit({ type: 'host-connecting', host });
  const asked = askedBy(task.settings.settings.resources, changesOf?.(task));
  let probed = await probeHost(task.host, deps, { asRoot, asked });
  const unsettled = takesBackImages && task.host.connection.image !== null ? unsettledOn(probed.facts) : null;
  if (unsettled?.kind === 'abandoned') {
    await takeBackAbandoned(task.host, unsettled.transactions, deps);
    probed = await probeHost(task.host, deps, { asRoot, asked });
  }
  const plan = judge(task, probed);
  const { clock } = probed.snapshot;
  const closed = waitForWindow(plan, task.settings.settings, deps.clock.nowSeconds());
  const notes = closed === null ? [] : [`it cannot be applied now: ${closed.detail}`];
  deps.emit({ type: 'host-assessed', host, plan, clock, summary: summariseHost(probed.facts), notes });
  await onAssessed({ task, probed, plan, asked, notes });
}

/** The judge of audit, plan and run; `today` is the ISO date for waivers. */
export function judgeBySettings(today: string): Judge {
  return ({ host, settings }, { facts, snapshotDigest }) =>
    assess({ host: host.name, facts, settings, snapshotDigest, today });
}

/** Ends a host on which nothing is (to be) changed: in sync, or drifted when more than a remark stands against it. */
export function finishUnchanged({ task, probed, plan }: Omit<Assessed, 'asked' | 'notes'>, deps: EngineDeps): void {
  const source = summariseHost(probed.facts).source;
  finishHost(task.host.name, { outcome: outcomeUnchanged(plan), clock: probed.snapshot.clock, source }, deps);
}

export function outcomeUnchanged(plan: HostPlan): 'drifted' | 'in-sync' {
  return hasWork(plan) || plan.findings.some(isAgainst) ? 'drifted' : 'in-sync';
}
