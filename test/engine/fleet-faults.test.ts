import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyFleet } from '#engine/apply-fleet.js';
import { applyHost } from '#engine/apply-host.js';
import { type ApplyTask, gateChange } from '#engine/apply-task.js';
import { assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { Facts } from '#facts/facts.js';
import type { Event, EventBody } from '#run/event.js';
import type { Outcome } from '#run/outcome.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { openStore } from '#store/open-store.js';
import { faultsOf, fleetPage, type SeedRow } from './fleet-page.js';
import { depsWith, inItsTime, planFor, taskOf, textIn } from './model-fleet.js';
import { ModelHost } from './model-host.js';

// 200 hosts in waves, a tenth of them with a fault that a seed chooses. The engine, the store and the reducer are real; the hosts
// are models behind the transport, and time is the timers' own.

const HOSTS = 200;
const FAULTY = 20;
const GUARD_SECONDS = 45;
const SERIAL = [1, '10%', '20%'] as const;
const SEEDS = [1, 2, 3, 4, 5];
const rollout = {
  settleTimeoutSeconds: 10,
  confirmTimeoutSeconds: GUARD_SECONDS,
  serial: SERIAL,
  maxFail: '5%',
} as const;

const rows: SeedRow[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync-fleet-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date('2026-11-22T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});
describe.each(SEEDS)('200 hosts with faults of seed %i', (seed) => {
  it('are stopped in time, kept whole in the store, and reported as they are', { timeout: 60_000 }, async () => {
    const faults = faultsOf(seed, HOSTS, FAULTY);
    const hosts = faults.map((fault, place) => new ModelHost(`host${place + 1}`, fault, GUARD_SECONDS));
    const { state, run } = await rolledOut(hosts);
    const outcomeOf = ({ name }: ModelHost) => state.hosts.get(name)?.outcome ?? null;
    expect(hosts.filter((host) => outcomeOf(host) === 'changed').length).toBeGreaterThan(50);

    const events = storedEvents(run);
    expectStopRule(events, new Map(hosts.map((host) => [host.name, host])));
    expectStored(events, state);
    // long enough for every guard that was still armed
    await vi.advanceTimersByTimeAsync((GUARD_SECONDS + 60) * 1000);
    for (const host of hosts) expect(reportFits(host, outcomeOf(host)), `${host.name}, ${host.fault}`).toBe('');
    rows.push({ seed, faults, outcomes: hosts.map(outcomeOf) });
  });
});

it('ended as docs/proof/fleet.md says', async () => {
  expect(rows).toHaveLength(SEEDS.length);
  await expect(fleetPage(rows, HOSTS)).toMatchFileSnapshot(
    fileURLToPath(new URL('../../docs/proof/fleet.md', import.meta.url)),
  );
});

interface RolledOut {
  readonly state: RunState;
  readonly run: string;
}

/** Probe, approve, apply and prove, as `tsync run --yes` does. */
async function rolledOut(hosts: readonly ModelHost[]): Promise<RolledOut> {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const store = openStore(folder);
  const run = 'fleet-of-models';
  let state: RunState | null = null;
  let sequence = 0;
  const emit = (body: EventBody) => {
    const event: Event = { ...body, at: new Date().toISOString(), sequence: ++sequence };
    store.append(run, event);
    state = reduce(state, event);
  };
  const deps = depsWith(byName, run, emit);
  const tasks = hosts.map(({ name }) => taskOf(name, rollout));
  emit({
    type: 'run-started',
    kind: 'run',
    run,
    hosts: hosts.map(({ name }) => name),
    who: 'test',
    version: '0',
    inventory: 'models',
    operatorClock: { synchronised: null, detail: 'a test' },
    of: null,
  });
  const items: ApplyTask[] = [];
  await inItsTime(
    assessFleet(tasks, deps, {
      asRoot: true,
      judge: ({ host }, { facts }) => planFor(host.name, facts),
      onAssessed(assessed) {
        if (assessed.plan.changes.length === 0) return finishUnchanged(assessed, deps);
        const gated = gateChange(assessed, { standingOf: ({ facts }) => standingOf(facts) }, deps);
        if (gated.may) items.push(gated.item);
      },
    }),
  );
  const failedBefore = hosts.filter(({ name }) => state?.hosts.get(name)?.outcome === 'unreachable').length;
  await inItsTime(applyFleet(items, deps, { failedBefore, firstWave: 1 }, (item) => applyHost(item, deps)));
  store.close();
  return { state: state as unknown as RunState, run };
}

/** Until more than 5 % of the hosts have failed, none is left out; from that moment on none is begun any more. */
function expectStopRule(events: readonly Event[], hosts: ReadonlyMap<string, ModelHost>): void {
  const failing: readonly Outcome[] = ['failed', 'unreachable', 'reverted', 'stale', 'guard-unknown'];
  let failed = 0;
  let stoppedAt = '';
  for (const event of events) {
    if (event.type === 'apply-started' && stoppedAt !== '') expect(event.at, `${event.host} begun`).toBe(stoppedAt);
    if (event.type !== 'host-finished') continue;
    if (event.outcome === 'skipped') {
      expect(stoppedAt, `${event.host} left out`).not.toBe('');
      expect(hosts.get(event.host)).toMatchObject({ begun: 0, content: 'before' });
    }
    if (failing.includes(event.outcome)) failed += 1;
    if (failed > HOSTS * 0.05 && stoppedAt === '') stoppedAt = event.at;
  }
}

function storedEvents(run: string): readonly Event[] {
  const store = openStore(folder, { access: 'read' });
  const events = [...store.events(run)];
  store.close();
  return events;
}

/** Another process that reads the store folds the same state from it, and each host ended once. */
function expectStored(events: readonly Event[], state: RunState): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, place) => place + 1));
  const folded = events.reduce<RunState | null>(reduce, null);
  expect([...(folded?.hosts.values() ?? [])]).toEqual([...state.hosts.values()]);
  const ends = events.filter(({ type }) => type === 'host-finished').map((event) => 'host' in event && event.host);
  expect(ends.toSorted()).toEqual([...state.hosts.keys()].toSorted());
}

/** What the report says against what the host itself says now; empty when they agree. */
function reportFits(host: ModelHost, outcome: Outcome | null): string {
  const is = `${host.content} ${host.transaction?.state ?? 'absent'}`;
  const fits: Readonly<Record<string, readonly string[]>> = {
    changed: ['after confirmed'],
    reverted: ['before reverted'],
    failed: ['before absent'],
    stale: ['before absent'],
    skipped: ['before absent'],
    unreachable: ['before absent'],
    // what could not be learned, and only then: the host's guard did its work all the same, or a person must look
    'guard-unknown': host.fault === 'undo fails' ? ['after failed'] : ['before absent', 'before reverted'],
  };
  if (outcome === 'guard-unknown' && !CANNOT_BE_LEARNED.includes(host.fault ?? '')) return 'it could have been asked';
  return fits[outcome ?? '']?.includes(is) ? '' : `reported as ${outcome}, and is ${is}`;
}

const CANNOT_BE_LEARNED = ['gone before apply', 'gone after apply', 'undo fails'];

function standingOf(facts: Facts) {
  const waitingFor = textIn(facts, '/etc/model') === 'after' ? [] : ['file /etc/model is not as planned'];
  if (textIn(facts, '/etc/settled') !== 'yes') waitingFor.push('the clock follows nothing');
  return { waitingFor, hopeless: null };
}
