import { finishHost } from '#engine/finish-host.js';
import type { HostTask } from '#engine/host-task.js';
import { listFleet, type Tending, tendFleet } from '#engine/tend-transactions.js';
import { TsyncError } from '#errors/tsync-error.js';
import { isOpen } from '#facts/transactions.js';
import { cleaningText, type Surplus } from '#report/cleaning-text.js';
import { historyText } from '#report/history-text.js';
import { countOf } from '#report/host-names.js';
import { expired, type Retention } from '#run/retention.js';
import { openStore } from '#store/open-store.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { askYes } from '../ask-yes.js';
import { loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions } from '../options.js';
import { followEvents, isText, lookOf, print, printEnd } from '../output.js';

export type CleanOptions = FleetOptions &
  OutputOptions &
  ExitOptions & {
    readonly keep?: number;
    /** Seconds. */
    readonly olderThan?: number;
    /** Also what holds copies of what somebody else wrote. */
    readonly found?: boolean;
    readonly store?: boolean;
    readonly yes?: boolean;
  };

/**
 * `tsync clean`: takes away what finished transactions left on the hosts of an inventory, or, with --store, old runs kept on
 * this machine. It is shown first; what is open, or still running, stays. Gives the exit code.
 */
export async function clean(inventory: string | undefined, options: CleanOptions): Promise<number> {
  if (options.store && inventory === undefined) return cleanStore(options);
  if (options.store || inventory === undefined) {
    const detail = 'clean takes either an inventory, or --store for the runs that are kept on this machine.';
    throw new TsyncError('usage/one-of', detail, { exitCode: 64 });
  }
  return cleanHosts(inventory, options);
}

function retentionOf({ keep, olderThan }: CleanOptions, kept: number): Retention {
  return { keep: keep ?? kept, olderThanSeconds: olderThan ?? null };
}

async function cleanHosts(inventory: string, options: CleanOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'clean', tasks, inventory, store: false }, options);
  const unfollow = followEvents(run, options);
  await listFleet(tasks, run.deps);
  const surplus = surplusOf(run, retentionOf(options, KEPT_ON_HOST), options.found === true);
  const count = surplus.reduce((sum, { transactions }) => sum + transactions.length, 0);
  const text = cleaningText(run.state(), surplus, lookOf(process.stdout));
  const agreed =
    count > 0 && (await isAgreed(text, `clean away ${countOf(count, 'transaction')}`, options, run.deps.finishSignal));
  if (agreed) await tendFleet(tendingsOf(tasks, surplus, options.found === true), run.deps);
  for (const { host, outcome } of run.state().hosts.values()) if (outcome === null) finishLeft(run, host, surplus);
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  printEnd(run.state(), options, (look) => cleaningText(run.state(), agreed ? [] : surplus, look));
  return code;
}

/** What holds copies of what somebody else wrote is neither counted nor gone, unless it is asked for. */
function surplusOf(run: OpenRun, retention: Retention, withFound: boolean): readonly Surplus[] {
  const now = run.deps.clock.nowSeconds();
  return [...run.state().hosts.values()].flatMap(({ host, transactions }) => {
    const gone = expired(
      (transactions ?? []).filter((one) => !isOpen(one) && (withFound || one.found === undefined)),
      retention,
      now,
    );
    return gone.length === 0 ? [] : [{ host, transactions: gone }];
  });
}

function tendingsOf(tasks: readonly HostTask[], surplus: readonly Surplus[], found: boolean) {
  const wanted = new Map(surplus.map(({ host, transactions }) => [host, transactions]));
  return tasks.flatMap((task) => {
    const tendings =
      wanted.get(task.host.name)?.map(({ id }): Tending => ({ kind: 'clean', transaction: id, found })) ?? [];
    return tendings.length === 0 ? [] : [{ task, tendings }];
  });
}

function finishLeft({ deps }: OpenRun, host: string, surplus: readonly Surplus[]): void {
  const outcome = surplus.some((one) => one.host === host) ? 'declined' : 'in-sync';
  finishHost(host, { outcome }, deps);
}

async function cleanStore(options: CleanOptions): Promise<number> {
  const store = openStore(storeFolder(process.env, operatorHome(process.env)));
  try {
    // A run that was cut off, or that lost sight of a guard, is still needed: resume, rollback.
    const ended = store.runs().filter(({ end }) => end.state === 'finished' && end.exitCode !== 6);
    const gone = expired(ended, retentionOf(options, KEPT_IN_STORE), Date.now() / 1000);
    const text = gone.length === 0 ? 'Nothing to clean away.\n' : historyText(gone, lookOf(process.stdout));
    if (gone.length === 0) return say(options, text, gone, 0);
    const agreed = await isAgreed(
      text,
      `forget ${countOf(gone.length, 'run')}; they cannot be rolled back any more`,
      options,
    );
    if (agreed) store.forget(gone.map(({ run }) => run));
    return say(
      options,
      `${agreed ? 'Forgotten' : 'Kept'}: ${countOf(gone.length, 'run')}.\n`,
      agreed ? gone : [],
      agreed ? 0 : 2,
    );
  } finally {
    store.close();
  }
}

function say(
  options: CleanOptions,
  text: string,
  forgotten: readonly { readonly run: string }[],
  code: number,
): number {
  const document = { schemaVersion: 1, forgotten: forgotten.map(({ run }) => run) };
  print(isText(options) ? text : JSON.stringify(document, null, options.jsonl ? 0 : 2));
  return code;
}

/** What goes is shown before it goes; --yes is an agreement already. */
async function isAgreed(text: string, what: string, options: CleanOptions, signal?: AbortSignal): Promise<boolean> {
  if (options.yes) return true;
  if (!isText(options) || process.stdin.isTTY !== true) {
    if (isText(options)) print(text);
    throw new TsyncError('usage/no-terminal', `Without a terminal, clean needs --yes.`, { exitCode: 64 });
  }
  print(text);
  return askYes(`\n${what}?`, signal);
}

/** So many stay unless --keep says otherwise. */
const KEPT_ON_HOST = 5;
const KEPT_IN_STORE = 50;
