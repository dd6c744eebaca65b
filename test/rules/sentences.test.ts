import { describe, expect, it } from 'vitest';
import { assess } from '#plan/assess.js';
import { ruleOf } from '#rules/rules.js';
import { answerRules } from '#rules/run-rules.js';
import { sentenceOf } from '#rules/sentence-of.js';
import type { Settings } from '#settings/settings.js';
import { MADE_HOSTS, server, withSettings } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';
import { RULE_CASES } from './rule-cases.js';

/** What is said of the hosts that break each observed rule, one line a rule: read the diff as somebody who sees it for the first time. */
describe('what is said of a host', () => {
  it('where it breaks a rule is wrong there, and not what should be so', async () => {
    const said = Object.entries(RULE_CASES).map(([rule, { broken }]) => {
      const answer = answerRules(broken.facts, broken.settings).find((one) => one.rule === rule)?.answer;
      if (typeof answer !== 'object' || answer === null) throw new Error(`${rule} is not broken`);
      return `${rule}: ${sentenceOf(rule, answer.verdict, answer.evidence)}`;
    });
    await expect(`${said.toSorted().join('\n')}\n`).toMatchFileSnapshot('../golden/rule-sentences.txt');
  });

  it.each(Object.keys(MADE_HOSTS))('follows from whether the rule holds on it: %s', (name) => {
    const facts = makeFacts(MADE_HOSTS[name]!);
    const wanted: Partial<Settings> = { strategy: 'ptp+ntp', ntpServers: [server('10.77.0.1')] };
    for (const settings of [{}, wanted]) {
      const input = { host: name, facts, settings: withSettings(settings), snapshotDigest: 'd', today: '2026-11-22' };
      for (const finding of assess(input).findings) {
        expect(finding.sentence === ruleOf(finding.rule).sentence).toBe(finding.status === 'in-sync');
        if (finding.status === 'unknown') expect(finding.sentence).toBe(`Could not be told: ${finding.problem.detail}`);
      }
    }
  });
});

describe('a sentence that names what is wrong', () => {
  const line = { where: '/etc/chrony/chrony.conf:8', text: 'refclock PHC /dev/ptp0 poll 3' };

  it('has the line, also where a change answers it', () => {
    expect(sentenceOf('phc/by-index', { status: 'drift' }, [line])).toBe(
      '/etc/chrony/chrony.conf:8 names a PTP clock by its number, and numbers change at boot: refclock PHC /dev/ptp0 poll 3.',
    );
  });

  it('is the plain one where there is nothing to name', () => {
    expect(sentenceOf('phc/by-index', { status: 'drift' }, [])).toBe(ruleOf('phc/by-index').broken);
    const measured = { value: 7, unit: '', bound: null };
    expect(sentenceOf('chrony/config-accepted', { status: 'violation', measured, limit: measured }, [])).toBe(
      'chronyd rejects its configuration.',
    );
  });

  it('puts in what a host sent as it is, cut, and reads no name in it', () => {
    const odd = { where: '{found}', text: `{expected}${'x'.repeat(400)}` };
    const text = sentenceOf('phc/by-index', { status: 'drift' }, [odd]);
    expect(text.startsWith('{found} names a PTP clock by its number, and numbers change at boot: {expected}xx')).toBe(
      true,
    );
    expect(text.length).toBeLessThan(300);
  });
});
