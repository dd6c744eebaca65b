import { describe, expect, it } from 'vitest';
import { readConfig } from '#config/read-config.js';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { decidePolicy } from '#policy/decide-policy.js';
import { RULES, ruleOf } from '#rules/rules.js';
import { answerRules, observeRules } from '#rules/run-rules.js';
import { seenOf } from '#rules/seen.js';
import type { Settings } from '#settings/settings.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { MADE_HOSTS, withSettings } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';
import { RULE_CASES } from './rule-cases.js';

const observed = (facts: Facts, settings: Settings) => observeRules(seenOf(facts, settings, readConfig(facts)));
const CASES = Object.entries(RULE_CASES);
const statusOf = (rule: string, { facts, settings }: (typeof CASES)[number][1]['fine']) => {
  const answer = answerRules(facts, settings).find((one) => one.rule === rule)?.answer;
  if (answer === undefined) throw new Error(`${rule} was not judged`);
  return answer === null ? 'silent' : answer === 'holds' ? 'holds' : answer.verdict.status;
};

describe('the rule', () => {
  it.each(CASES)('%s is violated by what breaks it, and by nothing else', (rule, { broken, fine, silent }) => {
    expect(statusOf(rule, broken)).toBe('violation');
    expect(statusOf(rule, fine)).toBe('holds');
    if (silent !== undefined) expect(statusOf(rule, silent)).toBe('silent');
  });

  it.each(CASES)('%s shows where it saw what is wrong, and says what should be there', (rule, { broken }) => {
    const answer = answerRules(broken.facts, broken.settings).find((one) => one.rule === rule)?.answer;
    if (typeof answer !== 'object' || answer?.verdict.status !== 'violation') throw new Error('not violated');
    expect(String(answer.verdict.measured.value)).not.toBe('');
    expect(String(answer.verdict.limit.value)).not.toBe('');
    expect(answer.evidence.every(({ where }) => where !== '')).toBe(true);
  });
});

// as a Debian 12 host said it, two seconds after its chronyd had been restarted and followed its server
it.each([
  ['a few samples of a few seconds', [{ samples: 2, spanSeconds: 2 }], 'silent'],
  ['a few samples of minutes', [{ samples: 4, spanSeconds: 190 }], 'violation'],
  ['many samples of seconds, as of a PTP clock', [{ samples: 8, spanSeconds: 7 }], 'violation'],
  [
    'one source that is known for long',
    [
      { samples: 2, spanSeconds: 2 },
      { samples: 17, spanSeconds: 1035 },
    ],
    'violation',
  ],
  ['no source', [], 'violation'],
])('what chronyd computes from %s says: %s', (_what, sources, wanted) => {
  const { facts, settings } = RULE_CASES['clock/skew'].fine;
  const { tracking } = facts.chrony;
  if (tracking.value === null) throw new Error('the host was not made with a tracking');
  const row = {
    name: '10.77.0.1',
    runs: 1,
    frequencyPpm: 0,
    frequencySkewPpm: 2e6,
    offsetSeconds: 0,
    deviationSeconds: 4,
  };
  const chrony = {
    ...facts.chrony,
    tracking: { value: { ...tracking.value, skewPpm: 1e6, rootDispersionSeconds: 1.99 } },
    statistics: { value: sources.map((one) => ({ ...row, ...one })) },
  };
  for (const rule of ['clock/skew', 'clock/root-distance']) {
    expect(statusOf(rule, { facts: { ...facts, chrony }, settings }), rule).toBe(wanted);
  }
});

describe('the rules with a condition of their own', () => {
  it('add nothing but violations to the findings of a host', () => {
    for (const [rule, { broken, fine }] of CASES) {
      const isCompliance = rule.startsWith('compliance/');
      const found = observed(broken.facts, broken.settings).map((one) => one.rule as string);
      expect(found.includes(rule), rule).toBe(!isCompliance);
      expect(observed(fine.facts, fine.settings).map((one) => one.rule as string)).not.toContain(rule);
    }
  });

  it('are all rules that no decision and no check speaks for', () => {
    const observed = RULES.filter(({ condition }) => condition !== null).map(({ id }) => id);
    expect(observed).toEqual(Object.keys(RULE_CASES).toSorted());
    expect(RULES.length).toBeGreaterThanOrEqual(45);
  });

  it('never leave a default host with more than a remark', () => {
    for (const name of ['debian12-plain', 'ubuntu2204-no-newline', 'rhel9-azure', 'ubuntu2204-azure-image']) {
      const facts = makeFacts(MADE_HOSTS[name]!);
      const rules = observed(facts, withSettings({}).settings).map(({ rule }) => rule);
      const severities = RULES.filter(({ id }) => rules.includes(id as never)).map(({ severity }) => severity);
      expect(
        severities.filter((severity) => severity !== 'info'),
        `${name}: ${rules}`,
      ).toEqual([]);
    }
  });

  it('have more than a remark on those hosts of the distribution matrix only that were made for it', () => {
    const found = fixtureHosts().flatMap(({ row, snapshot }) => {
      const rules = observed(factsOf(snapshot), withSettings({}).settings).map(({ rule }) => rule);
      return rules.filter((rule) => ruleOf(rule).severity !== 'info').map((rule) => `${row}: ${rule}`);
    });
    expect(found.toSorted()).toEqual([
      'debian-9: hyperv/kernel-steps',
      'rhel-9-ptp-nic: daemon/phc2sys',
      'ubuntu-18.04-timesyncd: daemon/vmware-tools',
    ]);
  });

  it('show what a failed daemon last wrote', () => {
    const { facts, settings } = RULE_CASES['daemon/failed'].broken;
    const answer = answerRules(facts, settings).find(({ rule }) => rule === 'daemon/failed')?.answer;
    expect(answer).toMatchObject({
      evidence: [
        { where: 'systemctl show chrony.service', text: 'failed' },
        { where: 'journalctl -u chrony.service', text: 'Fatal error : no such device' },
      ],
    });
  });

  it('say that they cannot tell, where what they look at was not read', () => {
    const { facts, settings } = RULE_CASES['daemon/clock-jobs'].fine;
    const around = { ...facts.around, unreadJobs: ['/var/spool/cron'], clockJobs: { value: [] } };
    const answer = answerRules({ ...facts, around }, settings).find(({ rule }) => rule === 'daemon/clock-jobs')?.answer;
    expect(answer).toMatchObject({ verdict: { status: 'unknown', problem: { code: 'policy/not-read' } } });
  });
});

describe('a host that sends what it should not', () => {
  it('gets few and short pieces of evidence, and nothing of it raw', () => {
    const lines = `server \u001b[2J${'x'.repeat(3000)} maxpoll 20\n`.repeat(15);
    const facts = makeFacts({ ...MADE_HOSTS['debian12-plain']!, files: { '/etc/chrony/chrony.conf': lines } });
    const text = JSON.stringify(answerRules(facts, withSettings({}).settings));
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain('xxx');
    expect(text).not.toMatch(/\\u001b/);
  });
});

describe('a host that tsync does not set', () => {
  it('is told what is wrong with it all the same', () => {
    const facts = makeFacts({ ...MADE_HOSTS['debian12-aws-two-daemons']!, parameters: { timesync_implicit: 'Y' } });
    const upstart = { ...facts, init: { value: 'upstart' as const } };
    const policy = decidePolicy(withSettings({}), upstart, () => false);
    expect(policy.wanted).toEqual([]);
    expect(policy.observations.filter(({ verdict }) => verdict.status === 'violation').map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['daemon/single', 'hyperv/implicit-timesync']),
    );
  });
});
