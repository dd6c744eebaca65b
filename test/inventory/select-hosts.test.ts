import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { parseHostPattern } from '#inventory/host-pattern.js';
import { matchesHost, matchHosts } from '#inventory/match-hosts.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { selectHosts } from '#inventory/select-hosts.js';

const fixtures = new URL('../fixtures/inventory/', import.meta.url);
const inventory = parseInventory(readFileSync(new URL('precedence.yaml', fixtures), 'utf8'), 'precedence.yaml');
const patterns = JSON.parse(readFileSync(new URL('patterns.json', fixtures), 'utf8')) as {
  readonly [pattern: string]: readonly string[];
};

function selected(pattern: string | null): readonly string[] {
  return selectHosts(inventory, pattern).map(({ name }) => name);
}

function mistake(pattern: string): { readonly code: string; readonly detail: string } {
  try {
    selectHosts(inventory, pattern);
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    expect(error.exitCode).toBe(64);
    return { code: error.problem.code, detail: error.problem.detail };
  }
  throw new Error(`no mistake was found in ${pattern}`);
}

describe('selectHosts', () => {
  it.each(Object.entries(patterns).filter(([, hosts]) => hosts.length > 0))(
    'selects with %j what Ansible 2.14 does',
    (pattern, hosts) => {
      expect(selected(pattern).toSorted()).toEqual(hosts);
    },
  );

  it('selects all hosts without a pattern, in the order of the inventory', () => {
    expect(selected(null)).toEqual([...inventory.hosts.keys()]);
    expect(selected('web03,web01')).toEqual(['web01', 'web03']);
  });

  it('reads [0:1] with both ends, and takes the rest without an end', () => {
    expect(selected('rack[0:1]')).toEqual(['web01', 'web02']);
    expect(selected('rack[1:]')).toEqual(['web02', 'web03']);
    expect(selected('rack[-1]')).toEqual(['web03']);
  });

  it.each([
    ['web1', 'inventory/no-match', "Did you mean 'web01'?"],
    ['aple', 'inventory/no-match', "Did you mean 'apple'?"],
    ['web01:!aple', 'inventory/no-match', "Did you mean 'apple'?"],
    ['nothing*', 'inventory/no-match', "No host of precedence.yaml matches 'nothing*'."],
    ['web01:!web01', 'inventory/no-match', 'matches'],
    ['rack[7]', 'inventory/no-match', 'matches'],
    ['', 'inventory/pattern', 'names nothing'],
    ['web01:!', 'inventory/pattern', 'names nothing'],
    ['~[', 'inventory/pattern', 'not a valid regular expression'],
    ['~(a+)+b', 'inventory/pattern', 'repeats a repetition'],
    ['~(a|a)*b', 'inventory/pattern', 'repeats a repetition'],
    [`~${'a'.repeat(300)}`, 'inventory/pattern', 'longer than 256'],
    ['*a*a*a*a*a*a*a*a*a*a', 'inventory/pattern', 'not a valid pattern'],
    ['a'.repeat(5000), 'inventory/pattern', 'longer than 4096'],
  ])('refuses %j', (pattern, code, detail) => {
    expect(mistake(pattern)).toEqual({ code, detail: expect.stringContaining(detail) });
  });
});

describe('matchesHost', () => {
  it('is true exactly for the hosts that matchHosts gives', () => {
    const name = fc.constantFrom(
      ...inventory.groups.keys(),
      ...inventory.hosts.keys(),
      'web*',
      '*a',
      'rack[0]',
      'db-[ab]',
      '~.*1',
    );
    const term = fc.tuple(fc.constantFrom('', '', '&', '!'), name).map(([join, text]) => join + text);
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const parsed = parseHostPattern(terms.join(','));
        if ('wrong' in parsed) throw new Error(parsed.wrong);
        const matched = matchHosts(inventory, parsed.pattern);
        for (const host of inventory.hosts.values()) {
          expect(matchesHost(inventory, parsed.pattern, host)).toBe(matched.has(host.name));
        }
      }),
    );
  });
});

describe('parseHostPattern', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab*?[]!&~:,0-9()\\{}^$|+.'), maxLength: 30 }), (text) => {
        expect(Object.keys(parseHostPattern(text))).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });
});
