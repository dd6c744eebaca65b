import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ApplyTask } from '#engine/apply-host.js';
import { hostScript } from '#engine/host-script.js';
import { loadPrograms } from '#engine/programs.js';
import { TsyncError } from '#errors/tsync-error.js';
import { serialisePlan } from '#plan/plan-file.js';
import { countOf } from '#report/host-names.js';
import { planKey } from '#store/plan-key.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { type Fleet, loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import { askedIn, type ExitOptions, type FleetOptions, type OutputOptions, type PolicyOptions } from '../options.js';
import { reviewAndApply } from '../review-and-apply.js';
import { VERSION } from '../version.js';
import { writePrivate } from '../write-private.js';
import { assessForRun } from './run.js';

export type PlanOptions = FleetOptions &
  PolicyOptions &
  OutputOptions &
  ExitOptions & { readonly output?: string; readonly script?: string; readonly preflight: boolean };

/** `tsync plan`: what run would change, shown, written to a file, or as the program for one host. Gives the exit code. */
export async function plan(inventory: string, options: PlanOptions): Promise<number> {
  const { tasks, read } = await loadFleet(
    inventory,
    options.script === undefined ? options : { ...options, limit: options.script },
  );
  if (options.output !== undefined) await refuseUnwritable(options.output);
  const run = await openRun({ kind: 'plan', tasks, inventory, asked: askedIn(options), store: true }, options);
  const items: ApplyTask[] = [];
  const given = { preflight: options.preflight, takeBack: false };
  const assess = assessForRun(tasks, run, given);
  const printed = options.script === undefined ? options : { ...options, quiet: true };
  const code = await reviewAndApply(run, { ...printed, check: true }, (ready) =>
    assess((item) => {
      items.push(item);
      ready(item);
    }),
  );
  const byHost = new Map(items.map((item) => [item.task, item]));
  const byInventory = tasks.flatMap((task) => byHost.get(task) ?? []);
  if (options.output !== undefined) await writePlan(options.output, inventory, read, options, byInventory);
  if (options.script !== undefined) {
    const meta = { run: run.run, who: run.deps.who, version: VERSION, startedAt: new Date().toISOString() };
    const programs = loadPrograms();
    for (const item of byInventory) process.stdout.write(hostScript(item, programs, meta));
  }
  return code;
}

/** Before any host is contacted: a plan that cannot be kept is not worth the way. */
async function refuseUnwritable(file: string): Promise<void> {
  try {
    const known = await stat(file).catch(() => null);
    if (known?.isDirectory()) throw new Error('it is a directory');
    await access(known === null ? dirname(file) : file, constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause, 64);
  }
}

function unwritable(file: string, cause: unknown, exitCode: 1 | 64): TsyncError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TsyncError('usage/unwritable', `The plan could not be written to ${file}: ${reason}.`, {
    exitCode,
    cause,
  });
}

async function writePlan(
  file: string,
  inventory: string,
  read: Fleet['read'],
  { playbook, strategy }: PlanOptions,
  items: readonly ApplyTask[],
): Promise<void> {
  const plans = items.map((item) => item.plan);
  const createdAt = new Date().toISOString();
  const key = planKey(storeFolder(process.env, operatorHome(process.env)), { make: true })!;
  const text = serialisePlan(
    {
      createdAt,
      version: VERSION,
      inventory,
      inventoryDigest: read.inventory,
      playbook: playbook ?? null,
      playbookDigest: read.playbook,
      strategy: strategy ?? null,
      plans,
    },
    key,
  );
  try {
    await writePrivate(file, text);
  } catch (cause) {
    throw unwritable(file, cause, 1);
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  process.stderr.write(
    `plan of ${countOf(plans.length, 'host')} written to ${file} (sha256 ${sha256}); next: tsync apply ${file}\n`,
  );
}
