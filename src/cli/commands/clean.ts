import { TsyncError } from '#errors/tsync-error.js';
import { clean as cleanFleet } from '#operations/clean.js';
import { cleaningText, type Surplus } from '#report/cleaning-text.js';
import { countOf } from '#report/host-names.js';
import { cleanStore } from '../clean-store.js';
import { finished } from '../followed.js';
import { isCleaningAgreed } from '../is-cleaning-agreed.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions } from '../options.js';
import { lookOf, printEnd } from '../output.js';

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

async function cleanHosts(inventory: string, options: CleanOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'clean', tasks, inventory, store: false }, options);
  const retention = { keep: options.keep ?? KEPT_ON_HOST, olderThanSeconds: options.olderThan ?? null };
  const agree = (surplus: readonly Surplus[]) => {
    const count = surplus.reduce((sum, { transactions }) => sum + transactions.length, 0);
    const text = cleaningText(run.state(), surplus, lookOf(process.stdout));
    return isCleaningAgreed(text, `clean away ${countOf(count, 'transaction')}`, options, run.deps.finishSignal);
  };
  let left: readonly Surplus[] = [];
  const code = await finished(run, options, async () => {
    left = await cleanFleet(run, { retention, found: options.found === true, agree });
  });
  printEnd(run.state(), options, (state, drawing) => cleaningText(state, left, drawing));
  return code;
}

/** So many stay unless --keep says otherwise. */
const KEPT_ON_HOST = 5;
