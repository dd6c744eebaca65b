import { forEachHost } from '#engine/for-each-host.js';
import type { HostTask } from '#engine/host-task.js';
import { type StandingOf, settleHost } from '#engine/settle-host.js';
import { judgeRollback, standingByRollback, standingBySettings } from '#engine/standing.js';
import { invertChanges } from '#plan/invert.js';
import type { HostPlan } from '#plan/plan.js';
import { askedBy } from '#policy/asked.js';
import type { InFlight, Resumption } from '#run/resumption.js';
import { approveHosts } from './approval.js';
import { assessKept } from './assess-kept.js';
import { changeApproved } from './change-approved.js';
import type { Session } from './session.js';

/**
 * Goes on with a run that was cut off. Every host in flight is asked how its transaction stands and is settled: confirmed when it is
 * proved, else taken back. Then the hosts that were approved and not begun are changed, each only where its plan still fits. Hosts that
 * the session does not have are left out.
 */
export async function resume(
  session: Session,
  left: Resumption,
  { firstWave }: { readonly firstWave: number },
): Promise<void> {
  const { today } = session.deps;
  const standingOf = (task: HostTask, plan: HostPlan) => standingIn(left, task, plan, today);
  await settleInFlight(session, left, standingOf);
  const plans = new Map(left.waiting.map(({ host, plan }) => [host, plan]));
  const items = await assessKept(session, { plans, standingOf, takesBackImages: false });
  const hosts = new Set(items.map(({ task }) => task.host.name));
  await changeApproved(session, items, approveHosts(hosts, `the approval in run ${left.state.run}`), firstWave);
}

/** Settles what is in flight as the run itself would have: the host tells how it stands, and is proved or taken back. */
async function settleInFlight(
  { tasks, deps }: Session,
  { inFlight, state }: Resumption,
  standingOf: (task: HostTask, plan: HostPlan) => StandingOf,
): Promise<void> {
  const items = inFlight.flatMap((one) => {
    const task = tasks.find(({ host }) => host.name === one.host);
    return task === undefined ? [] : [{ task, ...one }];
  });
  const settle = async (item: InFlight & { readonly task: HostTask }) => {
    const { task, host, plan, transaction, guardSeconds, begun } = item;
    const before = state.hosts.get(host);
    if (before?.summary == null) return;
    const { clock, summary, notes } = before;
    deps.emit({ type: 'host-connecting', host });
    deps.emit({ type: 'host-assessed', host, plan, clock, summary, notes });
    deps.emit({ type: 'apply-started', host, transaction, planDigest: plan.planDigest, guardSeconds });
    const asked = askedBy(task.settings.settings.resources, plan.changes);
    const extensions = { given: deps.pace.extensions };
    const proof = { standingOf: standingOf(task, plan), trouble: null, begun, extensions };
    await settleHost({ task, plan, asked, transaction, guardSeconds, ...proof }, deps);
  };
  await forEachHost(items, deps, settle, { outcomeOf: () => 'guard-unknown', inFlight: true });
}

/** What was a rollback is proved as one. */
function standingIn({ state }: Resumption, task: HostTask, plan: HostPlan, today: string): StandingOf {
  if (state.kind !== 'rollback') return standingBySettings(task, plan, today);
  const changes = new Map([[task.host.name, invertChanges(plan.changes)]]);
  return standingByRollback(task, judgeRollback(changes, new Map(), state.of ?? state.run));
}
