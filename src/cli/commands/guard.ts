import { TsyncError } from '#errors/tsync-error.js';
import { type GuardRequest, guard as guardFleet } from '#operations/guard.js';
import { countOf } from '#report/host-names.js';
import { transactionsText } from '#report/transactions-text.js';
import type { Placed } from '#run/open-transactions.js';
import { askYes } from '../ask-yes.js';
import { followed } from '../followed.js';
import { loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions } from '../options.js';
import { isText, lookOf, print } from '../output.js';

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
  const request = requestOf(options);
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'guard', tasks, inventory, store: request !== null }, options);
  const agree = (kind: string, meant: readonly Placed[]) => isAgreed(run, kind, meant, options);
  const name = options.transaction ?? null;
  return followed(run, options, () => guardFleet(run, { request, name, agree }), transactionsText);
}

function requestOf({ confirm, revert, extend }: GuardOptions): GuardRequest | null {
  if (confirm) return { kind: 'confirm' };
  if (revert) return { kind: 'revert' };
  return extend === undefined ? null : { kind: 'extend', seconds: extend };
}

/** What would be done is on the screen before it is done; a named transaction, or --yes, is an agreement already. */
async function isAgreed(run: OpenRun, kind: string, meant: readonly Placed[], options: GuardOptions): Promise<boolean> {
  if (options.yes || options.transaction !== undefined) return true;
  if (!isText(options)) throw notAgreed(kind);
  print(transactionsText(run.state(), lookOf(process.stdout)));
  if (process.stdin.isTTY !== true) throw notAgreed(kind);
  return askYes(`\n${kind} ${countOf(meant.length, 'transaction')}?`, run.deps.finishSignal);
}

function notAgreed(kind: string): TsyncError {
  const detail = `Without a terminal, --${kind} needs --yes, or --transaction with the id of one transaction or of a run.`;
  return new TsyncError('usage/no-terminal', detail, { exitCode: 64 });
}
