import { TsyncError } from '#errors/tsync-error.js';
import { apply as applyFleet } from '#operations/apply.js';
import { type PlanFile, parsePlan } from '#plan/plan-file.js';
import { STRATEGIES } from '#settings/settings.js';
import { readText } from '#sources/read-text.js';
import { planKey } from '#store/plan-key.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { type ConcernedTasks, loadConcerned } from '../load-concerned.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type RolloutOptions } from '../options.js';
import { isAgreed, type ReviewOptions, reviewed } from '../review.js';

export type ApplyOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  ReviewOptions &
  RolloutOptions & { readonly inventory?: string; readonly sha256?: string };

/**
 * `tsync apply FILE`: the plans of the file, each only on a host that is still as the plan was made of. The file itself is the
 * approval that --yes gives; on a terminal it is reviewed once more. Gives the exit code.
 */
export async function apply(file: string, options: ApplyOptions): Promise<number> {
  const key = planKey(storeFolder(process.env, operatorHome(process.env)), { make: false });
  const saved = parsePlan(await readText(file), file, { key, sha256: options.sha256 ?? null });
  const plans = new Map(saved.plans.map((plan) => [plan.host, plan]));
  const concerned = { hosts: new Set(plans.keys()), inventory: saved.inventory, by: `the plan ${file}` };
  const { tasks, inventory, read } = await loadConcerned(concerned, withInputs(options, saved));
  refuseOtherInputs(file, saved, read, options.inventory !== undefined);
  const asked = { ...askedIn(options), playbook: saved.playbook, strategy: saved.strategy };
  const run = await openRun({ kind: 'apply', tasks, inventory, asked, store: true }, options);
  const { resumeWave: firstWave = 1 } = options;
  return reviewed(run, options, (review) =>
    applyFleet(run, review, { plans, takesBackImages: isAgreed(options), firstWave }),
  );
}

function withInputs(options: ApplyOptions, saved: PlanFile) {
  const strategy = STRATEGIES.find((name) => name === saved.strategy);
  return {
    ...options,
    ...(saved.playbook === null ? {} : { playbook: saved.playbook }),
    ...(strategy === undefined ? {} : { strategy }),
  };
}

/** A reviewer saw hosts and settings of these files: with others the same plan could reach other machines, or be judged otherwise. */
function refuseOtherInputs(file: string, saved: PlanFile, read: ConcernedTasks['read'], isNamed: boolean): void {
  const changed = [
    ...(read.inventory === saved.inventoryDigest || isNamed ? [] : [saved.inventory]),
    ...(read.playbook === saved.playbookDigest ? [] : [saved.playbook]),
  ];
  if (changed.length === 0) return;
  const detail = `${changed.join(' and ')} changed since ${file} was made.`;
  throw new TsyncError('plan/inputs-changed', detail, { exitCode: 65 });
}
