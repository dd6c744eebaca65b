import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DaemonName, Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { parsePlan, serialisePlan } from '#plan/plan-file.js';
import type { Settings } from '#settings/settings.js';
import { MADE_HOSTS, server, withSettings } from '../plan/made-hosts.js';
import { HYPERV_PTP, makeFacts } from './make-facts.js';

const PLAIN = makeFacts(MADE_HOSTS['debian12-plain']!);

/** Debian 12 without chrony. */
function without(running: DaemonName | null, change: Partial<Facts> = {}): Facts {
  const [some] = PLAIN.daemons;
  const names = ['chrony', 'timesyncd', 'ntpd'] as const;
  const daemons = names.map((name) => ({
    ...some!,
    name,
    unit: name === running ? `${name}.service` : null,
    installed: { value: name === running },
    active: { value: name === running },
  }));
  return { ...PLAIN, daemons, packages: { value: {} }, ...change };
}

function planOf(facts: Facts, settings: Partial<Settings>) {
  const servers = [server('10.77.0.1')];
  const resolved = withSettings({ ntpServers: servers, ...settings });
  return assess({ host: 'web1', facts, settings: resolved, snapshotDigest: 'd', today: '2026-11-22' });
}

const rulesOf = (plan: ReturnType<typeof planOf>) =>
  plan.findings.filter(({ status }) => status !== 'in-sync').map(({ rule, status }) => `${rule} ${status}`);

describe('a host without chrony', () => {
  it('is to get it where the setting daemon asks for it, and nothing else is planned yet', () => {
    const plan = planOf(without('timesyncd'), { strategy: 'ntp-only', daemon: 'chrony' });
    expect(plan.packages).toMatchObject({
      manager: 'apt',
      when: 'before-changes',
      requests: [{ action: 'install', name: 'chrony', version: null }],
      preview: null,
    });
    expect(plan.changes).toEqual([]);
    expect(rulesOf(plan)).toContain('packages/chrony violation');
    expect(rulesOf(plan).join()).not.toContain('host/supported');
  });

  it('is to get it for a strategy that takes the PTP clock, where there is one', () => {
    const settings = { strategy: 'ptp+ntp' } as const;
    const hyperv = { virtualization: { value: 'hyperv' }, ptp: { value: [HYPERV_PTP] } } as const;
    expect(planOf(without('ntpd', hyperv), settings).packages).not.toBeNull();
    expect(planOf(without('ntpd'), settings).packages).toBeNull();
  });

  it('is to get it where no time daemon is installed at all', () => {
    expect(planOf(without(null), { strategy: 'ntp-only' }).packages).not.toBeNull();
  });

  it('keeps the daemon it has, and auto installs nothing', () => {
    expect(planOf(without('timesyncd'), { strategy: 'ntp-only' }).packages).toBeNull();
    expect(planOf(without(null, { ptp: { value: [HYPERV_PTP] } }), { strategy: 'auto' }).packages).toBeNull();
    expect(planOf(without(null), { strategy: 'host-only', daemon: 'chrony' }).packages).toBeNull();
  });

  it.each(['ostree', 'flatcar', 'transactional'] as const)('is told how it could be had on an image of %s', (image) => {
    const plan = planOf(without('timesyncd', { image: { value: image } }), { strategy: 'ntp-only', daemon: 'chrony' });
    expect(plan.packages).toBeNull();
    const finding = plan.findings.find(({ rule }) => rule === 'packages/chrony');
    expect(finding).toMatchObject({ status: 'unknown', problem: { code: 'packages/image' } });
  });

  it('is not given it where that rule is waived', () => {
    const waivers = [{ rule: 'packages/chrony', reason: 'not here', expires: null }];
    expect(planOf(without('timesyncd'), { strategy: 'ntp-only', daemon: 'chrony', waivers }).packages).toBeNull();
  });
});

describe('an installation that was broken off', () => {
  const half = { name: 'chrony', version: '4.3-2', state: 'iF' };
  const work = {
    id: 'p1',
    state: 'begun',
    who: 'ada',
    run: 'r',
    startedAt: '2026-11-22T10:00:00Z',
    guard: { state: 'unknown', leftSeconds: null },
  } as const;

  it('is never called fine: it is to be finished before anything else', () => {
    for (const change of [{ unfinishedPackages: { value: [half] } }, { openPackageWork: { value: [work] } }]) {
      const plan = planOf({ ...PLAIN, ...change }, { strategy: 'ntp-only' });
      expect(plan.packages?.unfinished).toHaveLength(1);
      expect(plan.changes).toEqual([]);
      expect(rulesOf(plan)).toContain('packages/chrony violation');
    }
  });

  it('is finished, and chrony asked for, where chrony itself is what is half there', () => {
    const facts = without('timesyncd', { unfinishedPackages: { value: [half] } });
    const plan = planOf(facts, { strategy: 'ntp-only', daemon: 'chrony' });
    expect(plan.packages).toMatchObject({ unfinished: ['chrony 4.3-2 (iF)'], requests: [{ name: 'chrony' }] });
  });
});

describe('a plan with packages', () => {
  it('comes back from a plan file as it was, and is refused when its packages were edited', () => {
    const plan = planOf(without('timesyncd'), { strategy: 'ntp-only', daemon: 'chrony' });
    const head = {
      createdAt: '',
      version: '',
      inventory: 'i',
      inventoryDigest: '',
      playbook: null,
      playbookDigest: null,
    };
    const key = new Uint8Array(32);
    const text = serialisePlan({ ...head, strategy: null, plans: [plan] }, key);
    expect(parsePlan(text, 'plan.json', { key, sha256: null }).plans).toEqual([plan]);
    const edited = text.replace('"name": "chrony"', '"name": "other"');
    const vouched = { key: null, sha256: createHash('sha256').update(edited).digest('hex') };
    expect(() => parsePlan(edited, 'plan.json', vouched)).toThrow('digest');
  });
});
