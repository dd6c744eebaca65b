import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { answerQuestions } from '#report/explain-answers.js';
import { complianceLines } from '#report/explain-compliance.js';
import { explainText } from '#report/explain-text.js';
import { answerRules } from '#rules/run-rules.js';
import type { HostState } from '#run/run-state.js';
import type { ResolvedSettings, Settings } from '#settings/settings.js';
import { MADE_HOSTS, withSettings } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';

const drawing = { width: 120, color: false };

const azure: Facts = (() => {
  const facts = makeFacts({ ...MADE_HOSTS['ubuntu2204-azure-image']!, selected: 'refclock' });
  const os = { value: { id: 'ubuntu', versionId: '22.04', family: 'debian', prettyName: 'Ubuntu 22.04' } } as const;
  const hyperv = {
    ...facts.hyperv,
    hostBuild: { value: '20348' },
    timeSyncVersion: { value: '4.0' },
    timeSyncOffered: { value: true },
    lis: { value: { kind: 'in-kernel' as const } },
  };
  return { ...facts, os, hyperv };
})();

function explained(facts: Facts, settings: ResolvedSettings = withSettings({})): string {
  const plan = assess({ host: 'web1', facts, settings, snapshotDigest: 'digest', today: '2026-11-22' });
  const state = { host: 'web1', plan, problem: null } as unknown as HostState;
  return explainText(state, { facts, settings }, drawing);
}

function itemsOf(facts: Facts, more: Partial<Settings> = {}): readonly string[] {
  const settings = withSettings(more);
  const plan = assess({ host: 'web1', facts, settings, snapshotDigest: 'digest', today: '2026-11-22' });
  return complianceLines(
    facts,
    plan.findings,
    answerRules(facts, settings.settings),
    settings.settings.limits.offsetSeconds,
    drawing,
  );
}

describe('tsync explain', () => {
  it('tells evidence, rule and source, then other rules, compliance, and the questions', async () => {
    await expect(explained(azure)).toMatchFileSnapshot(
      new URL('../golden/explain-azure-image.0.txt', import.meta.url).pathname,
    );
  });

  it('says of a host that was not probed why', () => {
    const state = { host: 'web1', plan: null, problem: { detail: 'Nobody answers.' } } as unknown as HostState;
    expect(explainText(state, { facts: null, settings: null }, drawing)).toBe('web1\n  Nobody answers.');
  });

  it('lets nothing of a host reach the terminal raw', () => {
    const os = { value: { id: 'debian', versionId: '12', family: 'debian', prettyName: 'x' } } as const;
    const nasty = 'PHC0\u001b[2J\u202e';
    const sources = azure.chrony.sources.value!.map((one) => ({ ...one, name: nasty }));
    const ptp = { value: [{ device: 'ptp0', clockName: nasty, symlinks: [nasty] }] };
    const text = explained({ ...azure, os, ptp, chrony: { ...azure.chrony, sources: { value: sources } } });
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('the items of compliance of a host', () => {
  const line = (lines: readonly string[], item: string) => lines.find((one) => one.includes(` ${item}:`))?.trim();

  it('say honestly that the clock of the host alone is no authoritative server', () => {
    const lines = itemsOf(azure);
    expect(line(lines, 'UBTU-22-252010')).toMatch(/^not met/);
    expect(line(lines, 'UBTU-22-252015')).toMatch(/^met/);
    expect(line(lines, 'AU-8')).toMatch(/^met/);
    expect(lines.join(' ')).toContain('no server line');
  });

  it('are waived with the waiver of their rule, and not judged where nothing was said', () => {
    const two = makeFacts(MADE_HOSTS['debian12-aws-two-daemons']!);
    expect(line(itemsOf(two), '10.6.1')).toMatch(/^not met/);
    const waivers = [{ rule: 'daemon/single', reason: 'migration', expires: null }];
    expect(line(itemsOf(two, { waivers }), '10.6.1')).toMatch(/^waived/);
    expect(line(itemsOf(two), '10.6.3')).toMatch(/^not judged/);
  });

  it('are met only with a limit in the playbook that is no wider than that of the regime', () => {
    const within = (offsetSeconds: number) =>
      line(itemsOf(azure, { limits: { offsetSeconds, daemonOffsetSeconds: 0.05 } }), '50 ms');
    expect(within(0.1)).toMatch(/^not judged/);
    expect(within(0.05)).toMatch(/^met/);
    expect(within(0.0005)).not.toMatch(/^met/);
  });
});

describe('the questions of the old guide', () => {
  const answer = (facts: Facts, about: RegExp) =>
    answerQuestions(facts).find(({ question }) => about.test(question))?.answer;

  it.each([
    [/is this\?$/, 'Yes: Azure, build 20348 of the host. The host sets the clock at boot and after a pause.'],
    [/must anything/, 'Yes: the driver hv_utils is there. Nothing is to be installed or started.'],
    [/Which version/, 'That of the kernel: 6.1.0.'],
    [/agent/, 'The agent (waagent) neither sets nor configures the time.'],
    [/chrony configure/, 'The PTP clock only: it reads PHC0 (state *). It never configures LIS or hv_utils.'],
    [/TimeSync version 4/, 'This host speaks 4.0.'],
    [/Which PTP/, '/dev/ptp0 is hyperv (/dev/ptp_hyperv).'],
    [/follow now/, 'chronyd follows PHC0, a reference clock. It is synchronised.'],
  ])('%s on an image of Azure', (about, said) => {
    expect(answer(azure, about)).toContain(said);
  });

  it('are answered on a machine that is no guest of Hyper-V, and where nothing is known', () => {
    const plain = makeFacts(MADE_HOSTS['debian12-plain']!);
    expect(answer(plain, /is this\?$/)).toBe('No: this is kvm, not Hyper-V.');
    expect(answer(plain, /Which PTP/)).toContain('None.');
    const unread = { value: null, reason: 'it was not read' } as const;
    const dark = { ...azure, ptp: unread, cloud: unread, hyperv: { ...azure.hyperv, lis: unread } };
    for (const about of [/Which PTP/, /Which version/, /image of Azure/])
      expect(answer(dark, about)).toBe('Not known: it was not read.');
  });
});
