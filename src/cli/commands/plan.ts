import type { ApplyTask } from '#engine/apply-task.js';
import { hostScript } from '#engine/host-script.js';
import { plan as planFleet } from '#operations/plan.js';
import { countOf } from '#report/host-names.js';
import { planText } from '#report/plan-text.js';
import { finished } from '../followed.js';
import { type Fleet, loadFleet } from '../load-fleet.js';
import { type OpenRun, openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type PolicyOptions } from '../options.js';
import { isText, lookOf, print, printEnd } from '../output.js';
import { VERSION } from '../version.js';
import { refuseUnwritable, writePlan } from '../write-plan.js';

export type PlanOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions & { readonly output?: string; readonly script?: string; readonly preflight: boolean };

/** `tsync plan`: what run would change, shown, written to a file, or as the program for one host. Gives the exit code. */
export async function plan(inventory: string, options: PlanOptions): Promise<number> {
  const { output, script, preflight } = options;
  const { tasks, read } = await loadFleet(inventory, script === undefined ? options : { ...options, limit: script });
  if (output !== undefined) await refuseUnwritable(output);
  const run = await openRun({ kind: 'plan', tasks, inventory, asked: askedIn(options), store: true }, options);
  let items: readonly ApplyTask[] = [];
  const code = await finished(run, options, async () => {
    items = await planFleet(run, { preflight });
    if (script === undefined && isText(options)) print(planText(run.state(), lookOf(process.stdout), { next: true }));
  });
  if (script === undefined && !isText(options)) printEnd(run.state(), options, () => '');
  if (output !== undefined) await write(output, inventory, read, options, items);
  if (script !== undefined) printScripts(run, items);
  return code;
}

async function write(
  file: string,
  inventory: string,
  read: Fleet['read'],
  { playbook, strategy }: PolicyOptions,
  items: readonly ApplyTask[],
): Promise<void> {
  const digests = { inventoryDigest: read.inventory, playbookDigest: read.playbook };
  const plans = items.map((item) => item.plan);
  const createdAt = new Date().toISOString();
  const sha256 = await writePlan(file, {
    createdAt,
    version: VERSION,
    inventory,
    playbook: playbook ?? null,
    strategy: strategy ?? null,
    ...digests,
    plans,
  });
  process.stderr.write(
    `plan of ${countOf(plans.length, 'host')} written to ${file} (sha256 ${sha256}); next: tsync apply ${file}\n`,
  );
}

function printScripts({ run, deps }: OpenRun, items: readonly ApplyTask[]): void {
  const meta = { run, who: deps.who, version: VERSION, startedAt: new Date().toISOString() };
  for (const item of items) process.stdout.write(hostScript(item, deps.programs, meta));
}
