import { describe, expect, it } from 'vitest';
import { rulesText } from '#report/rules-text.js';
import { RULES } from '#rules/rules.js';

describe('tsync rules', () => {
  const text = rulesText(RULES, { width: 100, color: false });

  it('names every rule with its severity, its source and what helps', () => {
    const flat = text.replace(/\s+/g, ' ');
    for (const { id, severity, source, remedy } of RULES) {
      expect(text).toContain(`${id}  ${severity}\n`);
      expect(flat).toContain(source.replace(/\s+/g, ' '));
      expect(flat).toContain(remedy);
    }
  });

  it('names the items of compliance that a rule shows, and keeps within the width', () => {
    expect(text).toMatch(/compliance\/port {2}info\n[\s\S]*?shows: DISA STIG RHEL 8 RHEL-08-030741/);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
