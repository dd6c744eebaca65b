import { type Problem, problem } from '#errors/problem.js';
import type { PackageChange } from '#packages/package-plan.js';
import { summariseHost } from '#run/host-summary.js';
import type { Outcome } from '#run/outcome.js';
import { applyHost } from './apply-host.js';
import { type ApplyTask, gateChange } from './apply-task.js';
import { finishUnchanged, judgeBySettings, outcomeUnchanged } from './assess-fleet.js';
import type { EngineDeps } from './deps.js';
import { finishHost, type HostEnd } from './finish-host.js';
import { makePackages } from './packages.js';
import { type Probed, probeHost } from './probe-host.js';
import { standingBySettings } from './standing.js';
import { problemOf } from './trouble.js';

/** What becomes of the plan that is made after packages came: applied at once (approved by `by`), or left to be reviewed. */
export type AfterPackages = { readonly kind: 'apply'; readonly by: string } | { readonly kind: 'leave' };

/**
 * Applies one host's plan, packages and all: packages first, then the plan that is made anew; in a rollback the changes first,
 * then the packages. Ends with `host-finished`, whatever happens.
 */
export async function applyWithPackages(item: ApplyTask, after: AfterPackages, deps: EngineDeps): Promise<Outcome> {
  const { packages } = item.plan;
  if (packages === null) return applyHost(item, deps);
  try {
    return packages.when === 'before-changes' ? await packagesFirst(item, after, deps) : await packagesLast(item, deps);
  } catch (error) {
    return finishHost(item.task.host.name, { outcome: 'failed', problem: problemOf(error), ...NOT_SEEN }, deps);
  }
}

async function packagesFirst(item: ApplyTask, after: AfterPackages, deps: EngineDeps): Promise<Outcome> {
  const { task } = item;
  const host = task.host.name;
  const trouble = await makePackages(task, item.plan, { hold: after.kind === 'apply', of: null }, deps);
  if (trouble !== null) return finishHost(host, { outcome: outcomeOf(trouble), problem: trouble, ...NOT_SEEN }, deps);
  const probed = await probeHost(task.host, deps, { asRoot: true, asked: item.asked });
  const plan = judgeBySettings(deps.today)(task, probed);
  const { clock } = probed.snapshot;
  const notes = [noteOf(item.plan.packages?.preview ?? [], deps.run)];
  deps.emit({ type: 'host-assessed', host, plan, clock, summary: summariseHost(probed.facts), notes });
  if (plan.packages !== null)
    return finishHost(
      host,
      { outcome: 'failed', problem: problem('packages/unfinished', plan.packages.reason), ...seenIn(probed) },
      deps,
    );
  if (plan.changes.length === 0) {
    finishUnchanged({ task, probed, plan }, deps);
    return outcomeUnchanged(plan);
  }
  if (after.kind === 'leave') return finishHost(host, { outcome: 'drifted', ...seenIn(probed) }, deps);
  const assessed = { task, probed, plan, asked: item.asked };
  const gated = gateChange(assessed, { standingOf: standingBySettings(task, plan, deps.today) }, deps);
  if (!gated.may) return gated.outcome;
  deps.emit({ type: 'host-approved', host, planDigest: plan.planDigest, by: after.by });
  return applyHost(gated.item, deps);
}

async function packagesLast(item: ApplyTask, deps: EngineDeps): Promise<Outcome> {
  const { task, plan } = item;
  const host = task.host.name;
  if (plan.changes.length > 0) {
    const outcome = await applyHost(item, deps);
    if (outcome !== 'changed') return outcome;
  }
  const trouble = await makePackages(task, plan, { hold: false, of: item.undoes ?? null }, deps);
  if (trouble !== null) return finishHost(host, { outcome: outcomeOf(trouble), problem: trouble, ...NOT_SEEN }, deps);
  const probed = await probeHost(task.host, deps, { asRoot: true, asked: item.asked });
  const wrong = (plan.packages?.preview ?? []).find((change) => isOther(change, probed));
  if (wrong === undefined) return finishHost(host, { outcome: 'changed', ...seenIn(probed) }, deps);
  const detail = `${wrong.name} is not ${wrong.after ?? 'gone'} afterwards.`;
  return finishHost(host, { outcome: 'failed', problem: problem('packages/failed', detail), ...seenIn(probed) }, deps);
}

/** Known to be otherwise: the probe asks for the packages that concern time only. */
function isOther({ name, before, after }: PackageChange, { facts }: Probed): boolean {
  const now = facts.packages.value?.[name] ?? null;
  if (facts.unfinishedPackages.value?.some((one) => one.name === name)) return true;
  return after === null ? now !== null && now === before : now !== null && now !== after;
}

/** Nothing was touched where what would happen is not what was approved. */
function outcomeOf({ code }: Problem): Outcome {
  return code === 'packages/differ' ? 'stale' : 'failed';
}

function noteOf(changes: readonly PackageChange[], run: string): string {
  const texts = changes.map(({ name, before, after }) =>
    before === null
      ? `installed ${name} ${after}`
      : after === null
        ? `removed ${name} ${before}`
        : `${name} is now ${after}`,
  );
  return `packages: ${texts.join(', ') || 'finished'}; they stay whatever becomes of the changes, and "tsync rollback ${run} --packages" takes them back`;
}

/** What a look at the host after the work says of its clock. */
function seenIn({ snapshot, facts }: Probed): Pick<HostEnd, 'clock' | 'source' | 'daemon'> {
  const { source, daemon } = summariseHost(facts);
  return { clock: snapshot.clock, source, daemon };
}

/** Nobody looked again. */
const NOT_SEEN = { daemon: null } as const;
