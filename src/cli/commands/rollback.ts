import { rollback as rollbackFleet } from '#operations/rollback.js';
import { findUndoing } from '../find-undoing.js';
import { loadConcerned } from '../load-concerned.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type RolloutOptions } from '../options.js';
import { isAgreed, type ReviewOptions, reviewed } from '../review.js';

export type RollbackOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly inventory?: string };

/**
 * `tsync rollback RUN`: the changes of that run swapped, with the same review, guard and proof. Without the store of that run,
 * the hosts of `--inventory` are asked what it changed. Gives the exit code.
 */
export async function rollback(name: string, options: RollbackOptions): Promise<number> {
  const { undoing, inventory: ofThen } = findUndoing(name, options.inventory);
  const { tasks, inventory } =
    undoing.changes === null
      ? { ...(await loadFleet(ofThen, options)), inventory: ofThen }
      : await loadConcerned(
          { hosts: new Set(undoing.changes.keys()), inventory: ofThen, by: `run ${undoing.run}` },
          options,
        );
  const asked = askedIn(options);
  const run = await openRun({ kind: 'rollback', tasks, inventory, of: undoing.run, asked, store: true }, options);
  const { resumeWave: firstWave = 1 } = options;
  return reviewed(run, options, (review) =>
    rollbackFleet(run, review, undoing, { takesBackImages: isAgreed(options), firstWave }),
  );
}
