import { describe, expect, it } from 'vitest';
import { RULES, ruleOf } from '#rules/rules.js';
import { waiverReason } from '#settings/waivers.js';

describe('the rules', () => {
  it('are sorted by id and each has it once', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)].toSorted());
  });

  it('say in a full sentence what should be so, why, and what helps', () => {
    for (const rule of RULES) {
      expect(rule.id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
      expect(rule.sentence).toMatch(/^(?:[A-Z]|(?:chronyd|ntpd|phc2sys|systemd|systemd-[a-z-]+|tsync) ).*\.$/);
      expect(rule.broken).toMatch(/^(?:[A-Z]|(?:chronyd|ntpd|phc2sys|systemd|systemd-[a-z-]+|tsync) ).*\.$/);
      expect(rule.broken).not.toBe(rule.sentence);
      expect(rule.brokenAt ?? '{where} is wrong.').toMatch(/^(?!.*\{(?!(?:where|text|found|expected)\})).*\{.*\.$/);
      expect(rule.applies).toMatch(/^(?:Where|On|In|With|Outside) .*\.$/);
      expect(rule.remedy).toMatch(/^[A-Z].*\.$/);
      expect(rule.source).not.toBe('');
      expect(ruleOf(rule.id)).toBe(rule);
    }
  });
});

describe('a waiver', () => {
  const waivers = [
    { rule: 'a/b', reason: 'until then', expires: '2026-11-22' },
    { rule: 'a/c', reason: 'always', expires: null },
  ];
  it('holds up to and with its last day', () => {
    expect(waiverReason(waivers, 'a/b', '2026-11-22')).toBe('until then');
    expect(waiverReason(waivers, 'a/b', '2026-11-23')).toBeNull();
  });
  it('holds for its own rule only', () => {
    expect(waiverReason(waivers, 'a/c', '2030-01-01')).toBe('always');
    expect(waiverReason(waivers, 'a/d', '2026-01-01')).toBeNull();
  });
});
