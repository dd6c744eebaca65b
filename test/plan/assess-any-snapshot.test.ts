import fc from 'fast-check';
import { expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import type { HostPlan } from '#plan/plan.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import { STRATEGIES, type Strategy } from '#settings/settings.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { anySections, changed, wholeSnapshots } from '../facts/any-snapshot.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { server, withSettings } from './made-hosts.js';

const strategies = fc.constantFrom(...STRATEGIES);
const anyOf = fc.constantFrom(...wholeSnapshots);

function planOf(snapshot: Snapshot, strategy: Strategy, withServers: boolean): HostPlan {
  const ntpServers = withServers ? [server('10.77.0.1')] : [];
  const settings = withSettings({ strategy, ntpServers, degrade: 'allow' });
  return assess({ host: 'web1', settings, snapshotDigest: 'd', today: '2026-11-22', facts: factsOf(snapshot) });
}

/** What is shown of a plan cannot move a cursor. */
function expectPrintable(plan: HostPlan): void {
  for (const { evidence, sentence } of plan.findings) {
    for (const { where, text } of evidence)
      expect(where + text + sentence).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e]/);
  }
  expect(plan.strategy.reason).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e]/);
  for (const change of plan.changes) expect(unifiedDiff(change)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
}

it('any sections with any contents make a plan without an error, and what it shows is printable', () => {
  fc.assert(
    fc.property(anySections, strategies, fc.boolean(), (snapshot, strategy, withServers) =>
      expectPrintable(planOf(snapshot, strategy, withServers)),
    ),
    { numRuns: 300 },
  );
});

it('snapshots of real hosts with parts cut, changed, shuffled or denied make a plan without an error', () => {
  fc.assert(
    fc.property(anyOf.chain(changed), strategies, fc.boolean(), (snapshot, strategy, withServers) =>
      expectPrintable(planOf(snapshot, strategy, withServers)),
    ),
    { numRuns: 300 },
  );
});

const UNREAD = ['denied', 'timeout', 'refused'] as const;

/** The same snapshot when some of its sections could not be read, and the names of these. */
function withUnread(snapshot: Snapshot) {
  const gone = fc.record({ at: fc.nat(snapshot.sections.length - 1), state: fc.constantFrom(...UNREAD) });
  return fc.array(gone, { minLength: 1, maxLength: 8 }).map((list) => {
    const states = new Map(list.map(({ at, state }) => [at, state]));
    const sections = snapshot.sections.map((section, at): Section => {
      const state = states.get(at);
      return state === undefined ? section : { ...section, state, bytes: new Uint8Array(), exit: null };
    });
    const names = [...states.keys()].map((at) => snapshot.sections[at]?.name).join(' ');
    return { whole: snapshot, less: { ...snapshot, sections }, names };
  });
}

/** Rules of which one finding or another is not in sync, and none is. */
function against({ findings }: HostPlan): ReadonlySet<string> {
  const fine = inSync(findings);
  return new Set(
    findings.filter(({ rule, status }) => status !== 'in-sync' && !fine.has(rule)).map(({ rule }) => rule),
  );
}

function inSync(findings: HostPlan['findings']): ReadonlySet<string> {
  return new Set(findings.filter(({ status }) => status === 'in-sync').map(({ rule }) => rule));
}

it('what is not in sync never becomes so because a part of the host could not be read', () => {
  fc.assert(
    fc.property(anyOf.chain(withUnread), strategies, fc.boolean(), ({ whole, less, names }, strategy, withServers) => {
      const before = planOf(whole, strategy, withServers);
      const after = planOf(less, strategy, withServers);
      // Another strategy asks for something else.
      fc.pre(before.strategy.taken === after.strategy.taken);
      const better = [...inSync(after.findings)].filter((rule) => against(before).has(rule));
      expect(better, names).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** The findings on a host of the fixtures with this section denied. */
function withoutSection(row: string, name: string, strategy: Strategy): HostPlan {
  const snapshot = fixtureHosts().find((host) => host.row === row)?.snapshot;
  if (!snapshot?.sections.some((section) => section.name === name)) throw new Error(`${row} has no section ${name}`);
  const sections = snapshot.sections.map((section) =>
    section.name === name ? { ...section, state: 'denied' as const, bytes: new Uint8Array(), exit: null } : section,
  );
  return planOf({ ...snapshot, sections }, strategy, true);
}

it('a daemon that runs, and whose service could not be read, is not said to be off', () => {
  const { findings } = withoutSection('centos-6', 'init-scripts', 'host-only');
  expect(findings.filter(({ rule }) => rule === 'daemon/single')).toMatchObject([
    { status: 'unknown', problem: { detail: expect.stringMatching(/^ntpd runs .* no service of it was seen\.$/) } },
  ]);
});

it('servers that DHCP may have given timesyncd are unknown where its leases could not be read', () => {
  const { findings } = withoutSection('ubuntu-24.04-timesyncd', 'dhcp-servers', 'auto');
  expect(findings.filter(({ rule }) => rule === 'sources/dhcp')).toMatchObject([{ status: 'unknown' }]);
});

it('what the driver of Hyper-V can do is not claimed where its parameters could not be read', () => {
  const { strategy } = withoutSection('ubuntu-22.04', 'hyperv', 'host-only');
  expect(strategy.reason).toContain('is not known');
  expect(strategy.reason).not.toContain('at boot and resume');
});
