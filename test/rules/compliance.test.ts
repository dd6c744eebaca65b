import { describe, expect, it } from 'vitest';
import { COMPLIANCE_RULES } from '#rules/compliance.js';
import { COMPLIANCE, itemsFor, itemsOf, judgeItem, type RuleStanding } from '#rules/compliance-items.js';
import { ruleOf } from '#rules/rules.js';

const pci = COMPLIANCE.find(({ item }) => item === '10.6.1')!;
const judge = (standing: { readonly [rule: string]: RuleStanding }) =>
  judgeItem(pci, (rule) => standing[rule] ?? null, 0.1);
const fine = { 'daemon/running': 'holds', 'clock/synchronised': 'holds', 'daemon/single': 'holds' } as const;

describe('an item of compliance', () => {
  it('is met only where every rule was looked at and holds', () => {
    expect(judge(fine)).toBe('met');
    expect(judge({ ...fine, 'daemon/single': 'broken' })).toBe('not met');
    expect(judge({ ...fine, 'daemon/single': 'waived' })).toBe('waived');
  });

  it('is not judged where a rule is unknown or said nothing, and never met so', () => {
    expect(judge({ ...fine, 'daemon/single': 'unknown' })).toBe('not judged');
    expect(judge({ 'daemon/running': 'holds', 'clock/synchronised': 'holds' })).toBe('not judged');
    expect(judge({ 'daemon/single': 'waived' })).toBe('not judged');
    expect(judge({ 'daemon/single': 'broken' })).toBe('not met');
  });

  it('that no rule shows is not judged, and says why', () => {
    for (const item of COMPLIANCE.filter(({ rules }) => rules.length === 0)) {
      expect(judgeItem(item, () => 'holds', 0.1)).toBe('not judged');
      expect(item.note).toMatch(/\.$/);
    }
  });

  it('is never met by rules that show a part of it, or by a limit that is wider than its own', () => {
    const holding = (item: string, offsetSeconds: number) =>
      judgeItem(COMPLIANCE.find((one) => one.item === item)!, () => 'holds', offsetSeconds);
    expect(holding('AU-12(1)', 0.1)).toBe('not judged');
    expect([0.1, 0.05, 0.001].map((offset) => holding('50 ms', offset))).toEqual(['not judged', 'met', 'met']);
    expect([0.05, 0.001].map((offset) => holding('Table 2, 1 ms', offset))).toEqual(['not judged', 'met']);
  });

  it('names rules that are there, and says where a host of the host clock alone does not meet it', () => {
    for (const { rules } of COMPLIANCE) for (const rule of rules) expect(ruleOf(rule).id).toBe(rule);
    const server = COMPLIANCE.filter(({ rules }) => rules.includes('compliance/ntp-server'));
    expect(server.filter(({ note }) => !note.includes('no server line'))).toEqual([]);
    expect(new Set(COMPLIANCE.map(({ regime, item }) => `${regime} ${item}`)).size).toBe(COMPLIANCE.length);
  });

  it('is there for every rule of compliance alone', () => {
    expect(COMPLIANCE_RULES.filter(({ id }) => itemsOf(id).length === 0)).toEqual([]);
  });
});

describe('the items that speak of a host', () => {
  const regimes = (id: string, versionId: string) => [
    ...new Set(itemsFor({ id, versionId }).map(({ regime }) => regime)),
  ];
  it('are those of its distribution and release, and those of all', () => {
    const all = ['NIST 800-53', 'PCI DSS 4.0', 'FINRA 6820 and 4590', 'EU 2017/574 (MiFID II RTS 25)'];
    expect(regimes('rocky', '8.10')).toEqual(['CIS RHEL 8, 9, 10', 'DISA STIG RHEL 8', ...all]);
    expect(regimes('ubuntu', '24.04')).toEqual([
      'CIS Ubuntu 22.04, 24.04, Debian 12, 13',
      'DISA STIG Ubuntu 24.04',
      ...all,
    ]);
    expect(regimes('sle-micro', '5.5')).toEqual(['DISA STIG SLE Micro 5', ...all]);
    expect(regimes('debian', '12')).toEqual(['CIS Ubuntu 22.04, 24.04, Debian 12, 13', ...all]);
    expect(regimes('ubuntu', '20.04')).toEqual(all);
    expect(regimes('alpine', '3.22')).toEqual(all);
    expect([...new Set(itemsFor(null).map(({ regime }) => regime))]).toEqual(all);
  });
});
