import type { HostTask } from '#engine/host-task.js';
import { approveAll, approveHosts, approveNone, type Review } from '#operations/approval.js';
import { shellWord } from '#report/next-commands.js';
import { planText } from '#report/plan-text.js';
import { nextCommands, summaryText } from '#report/summary-text.js';
import { hasScreen } from './has-screen.js';
import type { OpenRun } from './open-run.js';
import type { ExitOptions, OutputOptions } from './options.js';
import { followEvents, isText, lookOf, print, printEnd } from './output.js';

/** How changes are agreed to. */
export interface ReviewOptions {
  readonly yes?: boolean;
  readonly check?: boolean;
  /** With `yes`: packages too. */
  readonly packages?: boolean;
}

type Options = OutputOptions & ExitOptions & ReviewOptions;

/**
 * Holds a run that changes hosts: the plans are reviewed on the screen, or shown as text and approved by --yes or by nobody. Gives the
 * exit code.
 */
export async function reviewed(
  run: OpenRun,
  options: Options,
  change: (review: Review) => Promise<void>,
): Promise<number> {
  return isOnScreen(options) ? onScreen(run, options, change) : asText(run, options, change);
}

/** A person is asked. */
export function isOnScreen(options: Options): boolean {
  return isText(options) && !options.yes && !options.check && hasScreen(process.stdin, process.stdout, process.env);
}

/** Whether changes were agreed to before they are shown. */
export function isAgreed({ yes, check }: ReviewOptions): boolean {
  return yes === true && check !== true;
}

async function asText(run: OpenRun, options: Options, change: (review: Review) => Promise<void>): Promise<number> {
  const unfollow = followEvents(run, options);
  await change(async (items) => {
    if (isText(options)) print(planText(run.state(), lookOf(process.stdout), { next: options.check === true }));
    if (isAgreed(options)) return approveAll(items, { packages: options.packages === true });
    return approveNone(options.check ? 'drifted' : 'declined');
  });
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  if (!isText(options) || !options.check) printEnd(run.state(), options, summaryText);
  return code;
}

async function onScreen(run: OpenRun, options: Options, change: (review: Review) => Promise<void>): Promise<number> {
  process.env.NODE_ENV ??= 'production';
  const { openScreen } = await import('#tui/open-screen.js');
  const guards = new Map(run.tasks.map((task) => [task.host.name, guardSecondsOf(task)]));
  const approval = Promise.withResolvers<ReadonlySet<string>>();
  const unseen = new AbortController();
  let next: readonly string[] = [];
  const screen = openScreen(
    {
      state: run.state,
      subscribe: (listener) => run.subscribe(() => listener()),
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
  await change(async (items) =>
    approveHosts(items.length === 0 ? new Set() : await approval.promise, 'the review screen'),
  );
  next = nextCommands(run.state()).map(({ words }) => words.map(shellWord).join(' '));
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  if (run.endSignal.aborted) unseen.abort();
  await screen;
  printEnd(run.state(), options, summaryText);
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

function isUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
