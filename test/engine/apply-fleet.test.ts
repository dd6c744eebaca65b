import { describe, expect, it } from 'vitest';
import { applyFleet } from '#engine/apply-fleet.js';
import type { ApplyTask } from '#engine/apply-task.js';
import { Pace } from '#engine/pace.js';
import type { Amount } from '#plan/rollout.js';
import type { Action } from '#resources/resource.js';
import type { EventBody } from '#run/event.js';
import type { Outcome } from '#run/outcome.js';
import type { MaintenanceWindow } from '#settings/maintenance-window.js';
import { DEFAULT_SETTINGS } from '#settings/settings.js';

interface Rollout {
  readonly hosts: number;
  readonly serial?: readonly Amount[];
  readonly maxFail: Amount;
  readonly forks?: number;
  readonly firstWave?: number;
  readonly failedBefore?: number;
  /** How each host ends, from the first on; the others are changed. */
  readonly ends?: readonly Outcome[];
  readonly windows?: readonly MaintenanceWindow[];
  /** Of every host's plan. */
  readonly actions?: readonly Action[];
  readonly onChange?: (host: string, begun: readonly string[]) => Promise<void> | void;
}

/** 2026-11-22T12:00:00Z, a Sunday. */
const NOON = 1_795_348_800;
const RESTART: Action = { kind: 'restart', name: 'chrony.service', after: [], withoutSyncSeconds: 25, mayStep: true };
const RELOAD: Action = { ...RESTART, kind: 'reload-sources', withoutSyncSeconds: 0, mayStep: false };
const AT_NIGHT: MaintenanceWindow = { days: [], fromMinutes: 22 * 60, toMinutes: 4 * 60, zone: 'UTC' };
const BY_DAY: MaintenanceWindow = { days: ['sun'], fromMinutes: 8 * 60, toMinutes: 18 * 60, zone: 'UTC' };

/** Rolls out over made hosts `h1`, `h2` ...; gives the hosts that were begun and all events. */
async function rollOut(rollout: Rollout, pace = new Pace(), finish = new AbortController()) {
  const {
    serial = ['100%'],
    maxFail,
    forks = 1,
    firstWave = 1,
    failedBefore = 0,
    ends = [],
    windows = [],
    actions = [],
  } = rollout;
  const settings = { ...DEFAULT_SETTINGS, windows, rollout: { ...DEFAULT_SETTINGS.rollout, serial, maxFail } };
  const plan = { actions, changes: [], packages: null };
  const items = Array.from(
    { length: rollout.hosts },
    (_, index) =>
      ({
        task: { host: { name: `h${index + 1}` }, settings: { settings, origins: {} } },
        plan,
      }) as unknown as ApplyTask,
  );
  const events: EventBody[] = [];
  const begun: string[] = [];
  const deps = {
    forks,
    pace,
    finishSignal: finish.signal,
    emit: (event: EventBody) => void events.push(event),
    clock: { nowSeconds: () => NOON },
  };
  await applyFleet(items, deps, { failedBefore, firstWave }, async (item) => {
    begun.push(item.task.host.name);
    await rollout.onChange?.(item.task.host.name, begun);
    return ends[Number(item.task.host.name.slice(1)) - 1] ?? 'changed';
  });
  const waves = events.flatMap((event) => (event.type === 'wave-started' ? [event.hosts] : []));
  const skipped = events.flatMap((event) => (event.type === 'host-finished' ? [event] : []));
  return { begun, waves, skipped };
}

describe('a rollout', () => {
  it.each<[string, Rollout, number]>([
    ['goes on while nobody fails', { hosts: 6, serial: [1, 2], maxFail: 0 }, 6],
    ['stops after the first failure with max_fail 0', { hosts: 6, maxFail: 0, ends: ['changed', 'failed'] }, 2],
    ['bears as many failures as max_fail says', { hosts: 6, maxFail: 1, ends: ['failed', 'changed'] }, 6],
    ['stops at one more', { hosts: 6, maxFail: 1, ends: ['failed', 'reverted'] }, 2],
    ['counts a host that is lost', { hosts: 6, maxFail: 0, ends: ['unreachable'] }, 1],
    ['counts a host whose guard is not known', { hosts: 6, maxFail: 0, ends: ['guard-unknown'] }, 1],
    ['counts a host that was stale', { hosts: 6, maxFail: 0, ends: ['stale'] }, 1],
    ['counts those that failed before it began', { hosts: 6, maxFail: 1, failedBefore: 2 }, 0],
    ['takes a share of all, those that failed before too', { hosts: 8, maxFail: '20%', failedBefore: 2 }, 8],
    [
      'stops inside a wave, not only at its end',
      { hosts: 50, serial: [50], maxFail: 2, ends: Array(50).fill('failed') },
      3,
    ],
    [
      'lets no more than the hosts in flight go on',
      { hosts: 50, forks: 4, maxFail: 0, ends: Array(50).fill('failed') },
      4,
    ],
  ])('%s', async (_title, rollout, begun) => {
    const result = await rollOut(rollout);
    expect(result.begun).toHaveLength(begun);
    expect(result.skipped).toHaveLength(rollout.hosts - begun);
    for (const { outcome, problem } of result.skipped) {
      expect([outcome, problem?.code]).toEqual(['skipped', 'rollout/stopped']);
    }
  });

  it('waits with a wave until the one before has ended', async () => {
    const order: string[] = [];
    await rollOut({
      hosts: 5,
      serial: [2],
      maxFail: 0,
      forks: 5,
      async onChange(host) {
        order.push(`${host} begins`);
        await new Promise((resolve) => setTimeout(resolve, host === 'h1' ? 30 : 5));
        order.push(`${host} ends`);
      },
    });
    expect(order.indexOf('h3 begins')).toBeGreaterThan(order.indexOf('h1 ends'));
    expect(order.indexOf('h5 begins')).toBeGreaterThan(order.indexOf('h4 ends'));
  });

  it('begins with a later wave, with every host', async () => {
    const { waves, begun } = await rollOut({ hosts: 10, serial: [1, '20%', '100%'], maxFail: 0, firstWave: 2 });
    expect(waves).toEqual([2, 8]);
    expect(begun).toHaveLength(10);
  });

  it('begins no host while it is paused, and all when it goes on', async () => {
    const pace = new Pace();
    const seen: number[] = [];
    const { begun } = await rollOut(
      {
        hosts: 4,
        maxFail: 0,
        onChange(host, soFar) {
          if (host !== 'h2') return;
          pace.pause();
          setTimeout(() => {
            seen.push(soFar.length);
            pace.goOn();
          }, 40);
        },
      },
      pace,
    );
    expect(seen).toEqual([2]);
    expect(begun).toHaveLength(4);
  });

  it('leaves a pause at once when it is interrupted, and begins nothing more', async () => {
    const [pace, finish] = [new Pace(), new AbortController()];
    const { begun, skipped } = await rollOut(
      {
        hosts: 4,
        maxFail: 0,
        onChange() {
          pace.pause();
          setTimeout(() => finish.abort(), 20);
        },
      },
      pace,
      finish,
    );
    expect(begun).toEqual(['h1']);
    expect(skipped.map(({ problem }) => problem)).toEqual([null, null, null]);
  });
});

describe('the maintenance window', () => {
  it.each([
    ['closed, for a restart', { actions: [RESTART], windows: [AT_NIGHT] }, 0],
    ['closed, for what disturbs nothing', { actions: [RELOAD], windows: [AT_NIGHT] }, 2],
    ['open, for a restart', { actions: [RESTART], windows: [AT_NIGHT, BY_DAY] }, 2],
    ['not set, for a restart', { actions: [RESTART] }, 2],
  ])('%s', async (_, given, begun) => {
    const result = await rollOut({ hosts: 2, maxFail: 0, ...given });
    expect(result.begun).toHaveLength(begun);
    expect(result.skipped.map(({ outcome, problem }) => [outcome, problem?.code])).toEqual(
      Array(2 - begun).fill(['skipped', 'rollout/outside-window']),
    );
  });
});

it('goes on with the other hosts when the work on one ends in an error that nobody expected', async () => {
  const { skipped, begun } = await rollOut({
    hosts: 3,
    maxFail: 1,
    onChange: (host) => {
      if (host === 'h1') throw new Error('a bug');
    },
  });
  expect(begun).toEqual(['h1', 'h2', 'h3']);
  expect(skipped[0]).toMatchObject({ host: 'h1', outcome: 'guard-unknown', problem: { code: 'internal/bug' } });
});
