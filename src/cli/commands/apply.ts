import { assessFleet, judgeBySettings } from '#engine/assess-fleet.js';
import { finishHost } from '#engine/finish-host.js';
import { refuseOpenImage } from '#engine/refuse-open-image.js';
import { standingBySettings } from '#engine/standing.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { TsyncError } from '#errors/tsync-error.js';
import { type PlanFile, parsePlan } from '#plan/plan-file.js';
import { refuseRestart } from '#plan/refuse-restart.js';
import { findStale } from '#plan/stale.js';
import { STRATEGIES } from '#policy/settings.js';
import { readText } from '#sources/read-text.js';
import { planKey } from '#store/plan-key.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { type ConcernedTasks, loadConcerned } from '../load-concerned.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type RolloutOptions } from '../options.js';
import { type ReviewOptions, reviewAndApply } from '../review-and-apply.js';

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
  const strategy = STRATEGIES.find((name) => name === saved.strategy);
  const { tasks, inventory, read } = await loadConcerned(
    { hosts: new Set(plans.keys()), inventory: saved.inventory, by: `the plan ${file}` },
    {
      ...options,
      ...(saved.playbook === null ? {} : { playbook: saved.playbook }),
      ...(strategy === undefined ? {} : { strategy }),
    },
  );
  refuseOtherInputs(file, saved, read, options.inventory !== undefined);
  const asked = { ...askedIn(options), playbook: saved.playbook, strategy: saved.strategy };
  const run = await openRun({ kind: 'apply', tasks, inventory, asked, store: true }, options);
  const fresh = judgeBySettings(run.deps.today);
  return reviewAndApply(run, options, (ready) =>
    assessFleet(tasks, run.deps, {
      asRoot: true,
      takesBackImages: options.yes === true && options.check !== true,
      judge: (task, probed) => plans.get(task.host.name) ?? fresh(task, probed),
      changesOf: ({ host }) => plans.get(host.name)?.changes ?? [],
      onAssessed({ task, probed, plan, asked: read }) {
        const { today } = run.deps;
        refuseOpenImage(probed.facts);
        const problem = findStale(plan.changes, probed.facts);
        if (problem === null) {
          const refused = refuseRestart(plan, probed.facts, task.settings, today);
          if (refused !== null) throw new HostTrouble(refused);
          return ready({ task, plan, asked: read, standingOf: standingBySettings(task, plan, today) });
        }
        const { clock } = probed.snapshot;
        finishHost(task.host.name, { outcome: 'stale', problem, clock }, run.deps);
      },
    }),
  );
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
