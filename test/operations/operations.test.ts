import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApplyTask } from '#engine/apply-task.js';
import { apply } from '#operations/apply.js';
import { approveAll, approveHosts, approveNone } from '#operations/approval.js';
import { audit } from '#operations/audit.js';
import { clean } from '#operations/clean.js';
import { guard } from '#operations/guard.js';
import { plan } from '#operations/plan.js';
import { readFacts } from '#operations/read-facts.js';
import { resume } from '#operations/resume.js';
import { rollback, undoingByHosts, undoingOf } from '#operations/rollback.js';
import { run } from '#operations/run.js';
import type { AssessInput } from '#plan/assess.js';
import { exitCode } from '#run/exit-code.js';
import { resumptionOf } from '#run/resumption.js';
import { planFor, textIn } from '../engine/model-fleet.js';
import type { Fault, ModelHost } from '../engine/model-host.js';
import { inItsTime, type ModelSession, sessionOn } from './model-session.js';

// The plan of a model host: its file is to become `after`, and then its clock is to follow.
vi.mock('#plan/assess.js', () => ({
  assess: ({ host, facts }: AssessInput) => ({
    ...planFor(host, facts),
    findings: textIn(facts, '/etc/settled') === 'yes' ? [] : [UNSETTLED],
  }),
}));
const UNSETTLED = {
  rule: 'clock/synchronised',
  severity: 'high',
  sentence: '',
  evidence: [],
  source: '',
  waived: null,
  status: 'violation',
  measured: { value: 'no', unit: '', bound: null },
  limit: { value: 'yes', unit: '', bound: null },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date('2026-11-22T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const yes = async (items: readonly ApplyTask[]) => approveAll(items, { packages: false });
const RUN = { preflight: false, takeBack: true, firstWave: 1 };
const contentOf = ({ hosts }: ModelSession) => hosts.map(({ content }) => content);
const codeOf = ({ state }: ModelSession) => exitCode(state(), { failOn: 'low', maxUnreachable: 0 });

/** Hosts on which a run changed something. */
async function changed(faults: readonly (Fault | null)[]): Promise<ModelSession> {
  const session = sessionOn(faults);
  await inItsTime(run(session, yes, RUN));
  return session;
}

describe('audit', () => {
  it('judges every host and changes none', async () => {
    const session = sessionOn([null, 'never settles'], 'audit');
    const seen: string[] = [];
    await inItsTime(audit(session, ({ task }) => seen.push(task.host.name)));
    expect(session.ends()).toEqual(['drifted', 'drifted']);
    expect(seen.toSorted()).toEqual(['a', 'b']);
    expect(contentOf(session)).toEqual(['before', 'before']);
  });

  it('goes on where a host cannot be reached', async () => {
    const session = sessionOn(['unreachable', null], 'audit');
    await inItsTime(audit(session));
    expect(session.ends()).toEqual(['unreachable transport/unreachable', 'drifted']);
  });
});

describe('facts', () => {
  it('are read without a judgement, so no host gets an outcome for it', async () => {
    const session = sessionOn([null], 'facts');
    const facts = await inItsTime(readFacts(session));
    expect([...facts.keys()]).toEqual(['a']);
    expect(session.ends()).toEqual(['null']);
    expect(session.events.map(({ type }) => type)).toEqual(['run-started', 'host-connecting', 'host-probing']);
    expect(codeOf(session)).toBe(0);
  });

  it('of a host that gives no connection are not known', async () => {
    const session = sessionOn([null, 'unreachable'], 'facts');
    expect([...(await inItsTime(readFacts(session))).keys()]).toEqual(['a']);
    expect(codeOf(session)).toBe(4);
  });
});

describe('plan', () => {
  it('gives what would be changed in the order of the inventory, and changes nothing', async () => {
    const session = sessionOn([null, null], 'plan');
    const items = await inItsTime(plan(session, { preflight: true }));
    expect(items.map(({ task }) => task.host.name)).toEqual(['a', 'b']);
    expect(session.ends()).toEqual(['drifted', 'drifted']);
    expect(session.hosts.map(({ begun }) => begun)).toEqual([0, 0]);
  });

  it('refuses a host on which a change is open, and takes nothing back', async () => {
    const host = leftOpen('applied');
    const session = sessionOn([host], 'plan');
    expect(await inItsTime(plan(session, { preflight: false }))).toEqual([]);
    expect(session.ends()).toEqual(['failed policy/open-transaction']);
    expect([host.transaction?.state, host.begun]).toEqual(['applied', 1]);
  });
});

/** A host on which a killed run left a change that nobody guards any more. */
function leftOpen(state: 'applied' | 'failed'): ModelHost {
  const [host] = sessionOn([null]).hosts as [ModelHost];
  host.arm('old-run.a');
  host.apply();
  host.guarded = false;
  if (host.transaction !== null) host.transaction.state = state;
  return host;
}

describe('run', () => {
  it('changes what was approved, and proves it', async () => {
    const session = await changed([null, null]);
    expect(session.ends()).toEqual(['changed', 'changed']);
    expect(contentOf(session)).toEqual(['after', 'after']);
  });

  it('takes back what cannot be proved, and leaves what nobody approved', async () => {
    const session = sessionOn(['never settles', null]);
    await inItsTime(run(session, async () => approveHosts(new Set(['a']), 'a test'), RUN));
    expect(session.ends()).toEqual(['reverted verify/not-proved', 'declined']);
    expect(contentOf(session)).toEqual(['before', 'before']);
  });

  it('takes back first what a killed run left, where that was agreed to', async () => {
    const session = sessionOn([leftOpen('applied')]);
    await inItsTime(run(session, yes, RUN));
    expect(session.events.map(({ type }) => type)).toContain('abandoned-taken-back');
    expect(session.ends()).toEqual(['changed']);
  });

  it('changes nothing that is protected', async () => {
    const session = sessionOn([null], 'run', { protectedNames: ['/etc/model'] });
    await inItsTime(run(session, yes, RUN));
    expect([session.ends(), session.hosts[0]?.begun]).toEqual([['failed policy/protected'], 0]);
  });
});

describe('apply', () => {
  async function planned() {
    const items = await inItsTime(plan(sessionOn([null, null], 'plan'), { preflight: false }));
    return new Map(items.map((item) => [item.task.host.name, item.plan]));
  }

  it('makes saved plans true', async () => {
    const session = sessionOn([null, null], 'apply');
    await inItsTime(apply(session, yes, { plans: await planned(), takesBackImages: true, firstWave: 1 }));
    expect(session.ends()).toEqual(['changed', 'changed']);
  });

  it('touches no host that is not as its plan was made of, or on which a change is open', async () => {
    const plans = await planned();
    const session = sessionOn([null, null], 'apply');
    const [edited, open] = session.hosts as [ModelHost, ModelHost];
    edited.content = 'after';
    open.arm('other.b');
    open.guarded = false;
    await inItsTime(apply(session, yes, { plans, takesBackImages: false, firstWave: 1 }));
    expect(session.ends()).toEqual(['stale plan/stale', 'failed policy/open-transaction']);
    expect([edited.begun, open.begun]).toEqual([0, 1]);
  });
});

describe('rollback', () => {
  it('takes back what a run changed', async () => {
    const before = await changed([null, null]);
    const session = sessionOn(before.hosts, 'rollback');
    const options = { takesBackImages: false, firstWave: 1 };
    await inItsTime(rollback(session, yes, undoingOf(before.state()), options));
    expect(session.ends()).toEqual(['changed', 'changed']);
    expect(contentOf(session)).toEqual(['before', 'before']);
  });

  it('takes nothing back where nobody agrees, and says so where a host knows nothing of the run', async () => {
    const before = await changed([null]);
    const options = { takesBackImages: false, firstWave: 1 };
    const declined = sessionOn(before.hosts, 'rollback');
    await inItsTime(rollback(declined, async () => approveNone('declined'), undoingOf(before.state()), options));
    expect([declined.ends(), contentOf(declined)]).toEqual([['declined'], ['after']]);
    const unknown = sessionOn(before.hosts, 'rollback');
    await inItsTime(rollback(unknown, yes, undoingByHosts('no-such-run'), options));
    expect(unknown.ends()).toEqual(['failed rollback/nothing']);
  });
});

describe('resume', () => {
  /** The events of a run as far as they were stored when its process was killed. */
  function leftBy({ events }: ModelSession, last: string) {
    const left = resumptionOf(events.slice(0, events.findIndex(({ type }) => type === last) + 1));
    if (left === null) throw new Error('the run did not begin');
    return left;
  }

  it('proves the hosts in flight, and changes those that were approved', async () => {
    const killed = sessionOn([null, null]);
    await inItsTime(run(killed, yes, RUN));
    const left = leftBy(killed, 'host-applied');
    const [a, b] = killed.hosts as [ModelHost, ModelHost];
    const [host] = left.inFlight.map((one) => one.host);
    const inFlight = host === 'a' ? a : b;
    if (inFlight.transaction !== null) inFlight.transaction.state = 'applied';
    const session = sessionOn([a, b], 'resume');
    await inItsTime(resume(session, left, { firstWave: 1 }));
    expect(session.state().hosts.get(host ?? '')?.outcome).toBe('changed');
    expect(inFlight.transaction?.state).toBe('confirmed');
  });

  it('changes no host whose approved plan does not fit any more', async () => {
    const killed = sessionOn([null]);
    await inItsTime(run(killed, yes, RUN));
    const left = leftBy(killed, 'host-approved');
    expect(left.waiting).toHaveLength(1);
    const session = sessionOn(killed.hosts, 'resume');
    await inItsTime(resume(session, left, { firstWave: 1 }));
    expect(session.ends()).toEqual(['stale plan/stale']);
    expect(session.hosts[0]?.begun).toBe(1);
  });
});

describe('guard', () => {
  const agreed = async () => true;

  it('lists what is open, and settles it where that is agreed to', async () => {
    const host = leftOpen('applied');
    const listed = sessionOn([host], 'guard');
    await inItsTime(guard(listed, { request: null, name: null, agree: agreed }));
    expect(listed.ends()).toEqual(['drifted']);
    const extended = sessionOn([host], 'guard');
    await inItsTime(guard(extended, { request: { kind: 'extend', seconds: 600 }, name: 'old-run', agree: agreed }));
    expect(extended.events.map(({ type }) => type)).toContain('guard-extended');
    const reverted = sessionOn([host], 'guard');
    await inItsTime(guard(reverted, { request: { kind: 'revert' }, name: null, agree: agreed }));
    expect([reverted.ends(), host.content]).toEqual([['changed'], 'before']);
  });

  it('does nothing that is not agreed to, and fails where what was named is not there', async () => {
    const host = leftOpen('applied');
    const declined = sessionOn([host], 'guard');
    await inItsTime(guard(declined, { request: { kind: 'confirm' }, name: null, agree: async () => false }));
    expect([declined.ends(), host.transaction?.state]).toEqual([['drifted'], 'applied']);
    const missing = sessionOn([host], 'guard');
    await inItsTime(guard(missing, { request: { kind: 'confirm' }, name: 'no-such-run', agree: agreed }));
    expect(missing.ends()).toEqual(['failed guard/refused']);
  });

  it('says that a person must look where an undo failed', async () => {
    const session = sessionOn([leftOpen('failed')], 'guard');
    await inItsTime(guard(session, { request: null, name: null, agree: agreed }));
    expect(session.ends()).toEqual(['guard-unknown apply/undo-failed']);
    expect(codeOf(session)).toBe(6);
  });
});

describe('clean', () => {
  const retention = { keep: 0, olderThanSeconds: null };

  it('takes away what finished transactions left, where that is agreed to', async () => {
    const { hosts } = await changed([null]);
    const asked: number[] = [];
    const declined = sessionOn(hosts, 'clean');
    const agree = async (surplus: readonly unknown[]) => asked.push(surplus.length) > 1;
    const left = await inItsTime(clean(declined, { retention, found: false, agree }));
    expect([declined.ends(), left.length, hosts[0]?.transaction?.state]).toEqual([['declined'], 1, 'confirmed']);
    const session = sessionOn(hosts, 'clean');
    expect(await inItsTime(clean(session, { retention, found: false, agree }))).toEqual([]);
    expect([session.ends(), hosts[0]?.transaction]).toEqual([['changed'], null]);
  });

  it('leaves what is open, and a host that cannot be reached', async () => {
    const open = leftOpen('applied');
    const away = sessionOn([null, 'unreachable']).hosts[1] as ModelHost;
    const session = sessionOn([open, away], 'clean');
    const agree = async () => {
      throw new Error('nothing is to be asked');
    };
    await inItsTime(clean(session, { retention, found: false, agree }));
    expect(session.ends()).toEqual(['in-sync', 'unreachable transport/unreachable']);
    expect(open.transaction?.state).toBe('applied');
  });
});
