import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { invertChanges, rollbackPlan } from '#plan/invert.js';
import type { HostPlan } from '#plan/plan.js';
import { findStale } from '#plan/stale.js';
import { type ResolvedSettings, STRATEGIES } from '#settings/settings.js';
import { makeFacts } from '../policy/make-facts.js';
import { applyToFacts } from './apply-to-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';

const TODAY = '2026-11-22';

function plan(facts: Facts, settings: ResolvedSettings): HostPlan {
  return assess({ host: 'web1', facts, settings, snapshotDigest: 'digest', today: TODAY });
}

const SERVER_SETS = { none: [], two: [server('10.77.0.1'), server('ntp.example.org', { maxpoll: 8 })] };

const CASES = Object.keys(MADE_HOSTS).flatMap((host) =>
  STRATEGIES.flatMap((strategy) =>
    Object.entries(SERVER_SETS).flatMap(([servers, ntpServers]) =>
      (['refuse', 'allow'] as const).map((degrade) => ({
        name: `${host}, ${strategy}, ${servers} servers, degrade ${degrade}`,
        facts: makeFacts(MADE_HOSTS[host]!),
        settings: withSettings({ strategy, ntpServers, degrade }),
      })),
    ),
  ),
);

describe('the laws of a plan', () => {
  it.each(CASES)('after its changes nothing is left to change: $name', ({ facts, settings }) => {
    const first = plan(facts, settings);
    const second = plan(applyToFacts(facts, first.changes), settings);
    expect(second.changes.map(({ id }) => id)).toEqual([]);
    expect(second.actions).toEqual([]);
    expect(second.strategy.taken).toBe(first.strategy.taken);
  });

  it.each(CASES)('its rollback gives back every byte: $name', ({ facts, settings }) => {
    const first = plan(facts, settings);
    const changed = applyToFacts(facts, first.changes);
    const input = { host: 'web1', changes: first.changes, snapshotDigest: 'digest', packages: [], run: 'r1' };
    const back = rollbackPlan({ ...input, facts: changed });
    expect(back.changes).toEqual(invertChanges(first.changes));
    const restored = applyToFacts(changed, back.changes);
    for (const [path, file] of facts.files) expect(restored.files.get(path), path).toEqual(file);
    for (const [unit, service] of facts.services)
      expect(restored.services.get(unit)?.links, unit).toEqual(service.links);
    expect(rollbackPlan({ ...input, facts: restored }).changes).toEqual([]);
    expect(plan(restored, settings).planDigest).toBe(first.planDigest);
  });

  it.each(CASES)(
    'the same input gives the same plan, and it fits the host it was made from: $name',
    ({ facts, settings }) => {
      const first = plan(facts, settings);
      expect(plan(facts, settings)).toEqual(first);
      expect(findStale(first.changes, facts)).toBeNull();
      expect(new Set(first.changes.map(({ id }) => id)).size).toBe(first.changes.length);
    },
  );
});

describe('makestep of the playbook', () => {
  const main = '/etc/chrony/chrony.conf';
  const asked = (makestep: { thresholdSeconds: number; limit: number } | null) => {
    const { settings } = withSettings({ strategy: 'ntp-only', makestep, ntpServers: [server('10.77.0.1')] });
    const facts = makeFacts(MADE_HOSTS['debian12-plain']!);
    const made = plan(facts, { settings, origins: { makestep: 'playbook ntp.yaml, play 1' } });
    return applyToFacts(facts, made.changes).files;
  };
  const textOf = (files: Facts['files'], path: string) => {
    const file = files.get(path);
    return file?.state === 'present' ? new TextDecoder().decode(file.bytes) : null;
  };

  it('counts without a PTP clock too, where somebody wrote it', () => {
    const files = asked({ thresholdSeconds: 0.5, limit: 10 });
    expect(textOf(files, main)).toContain('#tsync# makestep 1 3');
    expect(textOf(files, '/etc/chrony/conf.d/tsync.conf')).toContain('\nmakestep 0.5 10\n');
  });

  it('false takes every makestep line away', () => {
    const files = asked(null);
    expect(textOf(files, main)).toContain('#tsync# makestep 1 3');
    expect(textOf(files, '/etc/chrony/conf.d/tsync.conf')).toBeNull();
  });
});

describe('inverting changes', () => {
  it('twice is identity', () => {
    for (const { facts, settings } of CASES) {
      const { changes } = plan(facts, settings);
      expect(invertChanges(invertChanges(changes))).toEqual(changes);
    }
  });

  it('refuses as a whole what somebody changed since', () => {
    const facts = makeFacts(MADE_HOSTS['debian12-azure']!);
    const { changes } = plan(facts, withSettings({ strategy: 'auto' }));
    const changed = applyToFacts(facts, changes);
    const script = changed.files.get('/etc/tsync/refclock.sh');
    if (script?.state !== 'present') throw new Error('no script');
    const files = new Map([
      ...changed.files,
      ['/etc/tsync/refclock.sh', { ...script, bytes: new Uint8Array([35]) }] as const,
    ]);
    const input = { host: 'web1', changes, snapshotDigest: 'd', packages: [], run: 'r1' };
    const back = rollbackPlan({ ...input, facts: { ...changed, files } });
    expect(back.changes).toEqual([]);
    expect(back.findings.filter(({ status }) => status === 'unknown')).toMatchObject([
      { problem: { code: 'plan/changed-since' } },
    ]);
    const made = changes.find(({ name }) => name === '/etc/tsync/refclock.sh');
    const now = { ...made?.after, bytes: new Uint8Array([35]) };
    expect(back.conflicts).toEqual([{ ofRun: made, since: { ...made, before: made?.after, after: now } }]);
  });
});

describe('going from one strategy to another and back', () => {
  const route = ['monitor', 'ptp+ntp', 'ntp-only', 'ptp-only', 'host+ptp', 'ptp+ntp', 'monitor', 'auto'] as const;
  it.each(Object.keys(MADE_HOSTS))('converges at every step on %s', (name) => {
    let facts = makeFacts(MADE_HOSTS[name]!);
    for (const strategy of route) {
      const settings = withSettings({ strategy, ntpServers: [server('10.77.0.1')], degrade: 'allow' });
      facts = applyToFacts(facts, plan(facts, settings).changes);
      expect(plan(facts, settings).changes, strategy).toEqual([]);
    }
  });
});
