import { finishHost } from '#engine/finish-host.js';
import { listFleet, type Tending, tendFleet } from '#engine/tend-transactions.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import { countOf } from '#report/host-names.js';
import { transactionsText } from '#report/transactions-text.js';
import { isNamed, openTransactions, type Placed, seenTransactions } from '#run/open-transactions.js';
import { askYes } from '../ask-yes.js';
import { loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions } from '../options.js';
import { followEvents, isText, lookOf, print, printEnd } from '../output.js';

export type GuardOptions = FleetOptions &
  OutputOptions &
  ExitOptions & {
    readonly transaction?: string;
    readonly confirm?: boolean;
    readonly revert?: boolean;
    /** Seconds. */
    readonly extend?: number;
    readonly yes?: boolean;
  };

/**
 * `tsync guard`: the open transactions of a fleet, as the hosts tell of them, and their settling by a person's word. Needs no
 * store of the run that left them. Gives the exit code.
 */
export async function guard(inventory: string, options: GuardOptions): Promise<number> {
  const wish = wishOf(options);
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'guard', tasks, inventory, store: wish !== null }, options);
  const unfollow = followEvents(run, options);
  await listFleet(tasks, run.deps);
  const named = namedTransactions(run, options.transaction);
  if (wish !== null && named.length > 0 && (await isAgreed(run, wish, named, options))) {
    await settle(run, tasks, wish, named);
  }
  const missing = wish !== null && named.length === 0 ? options.transaction : undefined;
  for (const { host, outcome } of run.state().hosts.values()) if (outcome === null) finishListed(run, host, missing);
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  printEnd(run.state(), options, (look) => transactionsText(run.state(), look));
  return code;
}

/** All that are open; or what is named, whatever became of it, so that a wish that comes too late is answered. */
function namedTransactions(run: OpenRun, name: string | undefined): readonly Placed[] {
  if (name === undefined) return openTransactions(run.state());
  return seenTransactions(run.state()).filter(({ transaction }) => isNamed(transaction, name));
}

type Wish = { readonly kind: 'confirm' | 'revert' } | { readonly kind: 'extend'; readonly seconds: number };

function wishOf({ confirm, revert, extend }: GuardOptions): Wish | null {
  if (confirm) return { kind: 'confirm' };
  if (revert) return { kind: 'revert' };
  return extend === undefined ? null : { kind: 'extend', seconds: extend };
}

/** What would be done is on the screen before it is done; a named transaction, or --yes, is an agreement already. */
async function isAgreed(run: OpenRun, { kind }: Wish, named: readonly Placed[], options: GuardOptions) {
  if (options.yes || options.transaction !== undefined) return true;
  if (!isText(options)) throw notAgreed(kind);
  print(transactionsText(run.state(), lookOf(process.stdout)));
  if (process.stdin.isTTY !== true) throw notAgreed(kind);
  return askYes(`\n${kind} ${countOf(named.length, 'transaction')}?`, run.deps.finishSignal);
}

function notAgreed(kind: string): TsyncError {
  const detail = `Without a terminal, --${kind} needs --yes, or --transaction with the id of one transaction or of a run.`;
  return new TsyncError('usage/no-terminal', detail, { exitCode: 64 });
}

async function settle(
  run: OpenRun,
  tasks: Parameters<typeof listFleet>[0],
  wish: Wish,
  named: readonly Placed[],
): Promise<void> {
  const items = tasks.flatMap((task) => {
    const tendings = named
      .filter(({ host }) => host === task.host.name)
      .map(({ transaction }): Tending => ({ ...wish, transaction: transaction.id }));
    return tendings.length === 0 ? [] : [{ task, tendings }];
  });
  await tendFleet(items, run.deps);
}

/** A host on which nothing was done: nothing is open, something is, or a person must look. `missing`: named, and not there. */
function finishListed({ state, deps }: OpenRun, host: string, missing: string | undefined): void {
  const open = openTransactions(state()).filter((placed) => placed.host === host);
  const failed = open.find(({ transaction }) => transaction.state === 'failed');
  if (failed !== undefined) {
    const detail = `The undo of ${failed.transaction.id} did not restore everything.`;
    finishHost(host, { outcome: 'guard-unknown', problem: problem('apply/undo-failed', detail) }, deps);
  } else if (missing !== undefined) {
    const detail = `It knows no transaction and no run ${printable(missing)}.`;
    finishHost(host, { outcome: 'failed', problem: problem('guard/refused', detail) }, deps);
  } else {
    finishHost(host, { outcome: open.length === 0 ? 'in-sync' : 'drifted' }, deps);
  }
}
