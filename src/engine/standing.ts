import { printable } from '#errors/printable.js';
import type { PackageChange } from '#packages/package-plan.js';
import { assess } from '#plan/assess.js';
import { rollbackPlan } from '#plan/invert.js';
import type { HostPlan } from '#plan/plan.js';
import { mustRevert, waitingFor } from '#plan/settled.js';
import type { Change } from '#resources/resource.js';
import type { Judge } from './assess-fleet.js';
import type { HostTask } from './host-task.js';
import type { Standing, StandingOf } from './settle-host.js';

/** How a changed host is judged: its settings again, on a new probe. `today` is the ISO date for waivers. */
export function standingBySettings({ host, settings }: HostTask, planned: HostPlan, today: string): StandingOf {
  return ({ facts, snapshotDigest }) => {
    const plan = assess({ host: host.name, facts, settings, snapshotDigest, today });
    return standingOf(plan, planned);
  };
}

/** How a rollback is judged, before and after it: every resource as it was before the changes of that run. */
export function judgeRollback(
  changes: ReadonlyMap<string, readonly Change[]>,
  works: ReadonlyMap<string, { readonly changes: readonly PackageChange[] }>,
  run: string,
): Judge {
  return ({ host }, { facts, snapshotDigest }) =>
    rollbackPlan({
      host: host.name,
      facts,
      changes: changes.get(host.name) ?? [],
      packages: works.get(host.name)?.changes ?? [],
      snapshotDigest,
      run,
    });
}

/** What still differs after a rollback: a resource that is not as it was, or that cannot be read. */
export function standingByRollback(task: HostTask, judge: Judge): StandingOf {
  return (probed) => {
    const plan = judge(task, probed);
    const unreadable = plan.findings.flatMap((finding) =>
      finding.status === 'unknown' ? [finding.problem.detail] : [],
    );
    const { waitingFor: pending } = standingOf(plan);
    return { waitingFor: [...pending, ...unreadable], hopeless: null };
  };
}

function standingOf(plan: HostPlan, planned: HostPlan | null = null): Standing {
  return { waitingFor: waitingFor(plan, planned).map((text) => printable(text)), hopeless: mustRevert(plan) };
}
