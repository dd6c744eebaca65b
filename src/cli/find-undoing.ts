import { printable } from '#errors/printable.js';
import { TsyncError } from '#errors/tsync-error.js';
import { type Undoing, undoingByHosts, undoingOf } from '#operations/rollback.js';
import type { RunState } from '#run/run-state.js';
import { findRun, withStore } from './find-run.js';

/**
 * What a rollback takes back: what the run of this name changed, as its record here says, or as the hosts of `inventory` know. Gives the
 * inventory that it was made with, or the one that was named. Throws `rollback/nothing`.
 */
export function findUndoing(
  name: string,
  inventory: string | undefined,
): { readonly undoing: Undoing; readonly inventory: string } {
  const kept = name === 'latest' ? latestChange() : keptRun(name);
  if (kept !== null) {
    const undoing = undoingOf(kept);
    if (undoing.changes.size === 0)
      throw nothing(`Run ${kept.run} changed nothing, or everything was taken back already.`);
    return { undoing, inventory: kept.inventory };
  }
  if (inventory !== undefined) return { undoing: undoingByHosts(name), inventory };
  const word = printable(name);
  const how = `tsync rollback ${word} --inventory FILE`;
  throw nothing(`No run ${word} is kept here. Where it was another operator's, name the hosts: ${how}.`);
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

/** The latest run that left changes on a host. Never a rollback: taking back twice finds nothing, and brings nothing in again. */
function latestChange(): RunState {
  const runs = withStore((store) => store.runs({ touched: true, kinds: ['run', 'apply', 'resume'] }));
  for (const { run } of runs) {
    const state = findRun(run);
    if (undoingOf(state).changes.size > 0) return state;
  }
  throw nothing('No run that is kept here changed anything.');
}

function nothing(detail: string): TsyncError {
  return new TsyncError('rollback/nothing', detail, { exitCode: 64 });
}
