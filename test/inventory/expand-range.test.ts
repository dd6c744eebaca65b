import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRange, MAX_HOSTS } from '#inventory/expand-range.js';

describe('expandRange', () => {
  it.each([
    ['web', ['web']],
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[08:11]', ['web08', 'web09', 'web10', 'web11']],
    ['web[8:11]', ['web8', 'web9', 'web10', 'web11']],
    ['web[:2]', ['web0', 'web1', 'web2']],
    ['n[0:10:5].x', ['n0.x', 'n5.x', 'n10.x']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['db-[y:B]', ['db-y', 'db-z', 'db-A', 'db-B']],
    ['[a:b][1:2]', ['a1', 'a2', 'b1', 'b2']],
  ])('expands %s', (pattern, names) => {
    expect(expandRange(pattern)).toEqual({ names });
  });

  it('gives as many names as there are numbers, all different', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.integer({ min: 1, max: 9 }), (first, more, step) => {
        const expansion = expandRange(`h[${first}:${first + more}:${step}]`);
        const names = 'names' in expansion ? expansion.names : [];
        expect(new Set(names).size).toBe(Math.floor(more / step) + 1);
        expect(names[0]).toBe(`h${first}`);
      }),
    );
  });

  it('gives names or what is wrong for any text, and never more than its bound', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab[]:0123456789'), maxLength: 24 }), (text) => {
        const expansion = expandRange(text);
        if ('names' in expansion) expect(expansion.names.length).toBeLessThanOrEqual(MAX_HOSTS);
        else expect(expansion.offset).toBeLessThan(Math.max(1, text.length));
      }),
    );
  });
});
