import { applyFleet } from '#engine/apply-fleet.js';
import type { ApplyTask } from '#engine/apply-host.js';
import { type AfterPackages, applyWithPackages } from '#engine/apply-with-packages.js';
import { finishHost } from '#engine/finish-host.js';
import type { HostTask } from '#engine/host-task.js';
import { problem } from '#errors/problem.js';
import { shellWord } from '#report/next-commands.js';
import { planText } from '#report/plan-text.js';
import { nextCommands, summaryText } from '#report/summary-text.js';
import { countsAsFailed } from '#run/counts-as-failed.js';
import type { Event } from '#run/event.js';
import { hasScreen } from './has-screen.js';
import type { OpenRun } from './open-run.js';
import type { ExitOptions, OutputOptions, RolloutOptions } from './options.js';
import { followEvents, isText, lookOf, print, printEnd } from './output.js';

/** How changes are agreed to. */
export interface ReviewOptions {
  readonly yes?: boolean;
  readonly check?: boolean;
  /** With `yes`: packages too. */
  readonly packages?: boolean;
  /** True: another text takes the place of plan and summary. */
  readonly quiet?: boolean;
}

type Options = OutputOptions & ExitOptions & ReviewOptions & RolloutOptions;

/** Probes the fleet and calls back with every host that has changes to approve. */
export type Assess = (ready: (item: ApplyTask) => void) => Promise<void>;

/**
 * The second half of run, apply and rollback: shows the plans, has them approved (on the screen, by --yes, or not at all), applies
 * and proves them, and gives the exit code. Nothing is applied that was not shown.
 */
export async function reviewAndApply(run: OpenRun, options: Options, assess: Assess): Promise<number> {
  return isOnScreen(options) ? withScreen(run, options, assess) : withoutScreen(run, options, assess);
}

/** A person is asked. */
export function isOnScreen(options: Options): boolean {
  return isText(options) && !options.yes && !options.check && hasScreen(process.stdin, process.stdout, process.env);
}

async function withoutScreen(run: OpenRun, options: Options, assess: Assess): Promise<number> {
  const unfollow = followEvents(run, options);
  const items: ApplyTask[] = [];
  await assess((item) => items.push(item));
  if (isText(options) && !options.quiet) {
    print(planText(run.state(), lookOf(process.stdout), { next: options.check === true }));
  }
  if (options.yes && !options.check) {
    for (const item of items) if (!mayApply(item, options)) finishUnapproved(run, item);
    const after: AfterPackages = { kind: 'apply', by: '--yes --packages' };
    await applyApproved(
      run,
      items.filter((item) => mayApply(item, options)),
      '--yes',
      options,
      after,
    );
  } else {
    for (const item of items) finish(run, item, options.check ? 'drifted' : 'declined');
  }
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  if (!options.quiet && !(isText(options) && options.check))
    printEnd(run.state(), options, (look) => summaryText(run.state(), look));
  return code;
}

async function withScreen(run: OpenRun, options: Options, assess: Assess): Promise<number> {
  process.env.NODE_ENV ??= 'production';
  const { openScreen } = await import('#tui/open-screen.js');
  const items: ApplyTask[] = [];
  const guards = new Map(run.tasks.map((task) => [task.host.name, guardSecondsOf(task)]));
  const approval = Promise.withResolvers<ReadonlySet<string>>();
  const unseen = new AbortController();
  let next: readonly string[] = [];
  const screen = openScreen(
    {
      state: run.state,
      subscribe: (listener) => run.subscribe((_event: Event) => listener()),
      approve: (hosts) => approval.resolve(hosts),
      interrupt: run.interrupt,
      ...pacing(run),
      nextCommands: () => next,
      guardSeconds: (host) => guards.get(host) ?? 0,
    },
    {
      stdin: process.stdin,
      stdout: process.stdout,
      color: lookOf(process.stdout).color,
      unicode: isUnicode(process.env),
      leaveSignal: unseen.signal,
    },
  );
  void screen.then(() => approval.resolve(new Set()));
  run.deps.finishSignal.addEventListener('abort', () => approval.resolve(new Set()));
  await assess((item) => items.push(item));
  const approved = items.length === 0 ? new Set<string>() : await approval.promise;
  for (const item of items) if (!approved.has(item.task.host.name)) finish(run, item, 'declined');
  await applyApproved(
    run,
    items.filter(({ task }) => approved.has(task.host.name)),
    'the review screen',
    options,
  );
  next = nextCommands(run.state()).map(({ words }) => words.map(shellWord).join(' '));
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  if (run.endSignal.aborted) unseen.abort();
  await screen;
  printEnd(run.state(), options, (look) => summaryText(run.state(), look));
  return code;
}

/** An image tree has no guard. */
function guardSecondsOf({ host, settings }: HostTask): number {
  return host.connection.image === null ? settings.settings.rollout.confirmTimeoutSeconds : 0;
}

/** What the screen's keys do to the run: each change of its pace is an event. */
function pacing({ deps: { pace, emit } }: OpenRun) {
  return {
    pause() {
      pace.pause();
      emit({ type: 'run-paused' });
    },
    goOn() {
      emit({ type: 'run-resumed' });
      pace.goOn();
    },
    extend: () => pace.extend(),
  };
}

/** Rolls out what was approved, `by` whom or what, and proves it. */
export async function applyApproved(
  run: OpenRun,
  assessed: readonly ApplyTask[],
  by: string,
  { resumeWave = 1 }: RolloutOptions,
  after: AfterPackages = { kind: 'leave' },
): Promise<void> {
  // They came in the order of their answers; waves go by the inventory.
  const byHost = new Map(assessed.map((item) => [item.task.host.name, item]));
  const items = [...run.state().hosts.keys()].flatMap((host) => byHost.get(host) ?? []);
  const withTrouble = items.filter(({ task }) => run.state().hosts.get(task.host.name)?.problem);
  for (const item of withTrouble) finishWithProblem(run, item);
  const begun = items.filter((item) => !withTrouble.includes(item));
  for (const { task, plan } of begun)
    run.deps.emit({ type: 'host-approved', host: task.host.name, planDigest: plan.planDigest, by });
  const failedBefore = [...run.state().hosts.values()].filter(({ outcome }) => countsAsFailed(outcome)).length;
  await applyFleet(begun, run.deps, { failedBefore, firstWave: resumeWave }, (item) =>
    applyWithPackages(item, after, run.deps),
  );
}

/** Packages are approved by a word of their own. */
function mayApply({ plan }: ApplyTask, { packages }: Options): boolean {
  return plan.packages === null || packages === true;
}

function finishUnapproved(run: OpenRun, { task, plan }: ApplyTask): void {
  const host = task.host.name;
  const trouble = problem('packages/not-approved', plan.packages?.reason ?? '');
  finishHost(host, { outcome: 'drifted', problem: trouble }, run.deps);
}

/** A host whose preflight failed would only be changed and taken back: it is left as it is. */
function finishWithProblem(run: OpenRun, { task }: ApplyTask): void {
  const host = task.host.name;
  const problem = run.state().hosts.get(host)?.problem ?? null;
  finishHost(host, { outcome: 'failed', problem }, run.deps);
}

function finish(run: OpenRun, { task }: ApplyTask, outcome: 'drifted' | 'declined'): void {
  finishHost(task.host.name, { outcome }, run.deps);
}

function isUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
