import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, suggestion } from '#errors/did-you-mean.js';

describe('didYouMean', () => {
  it.each([
    ['hsots', 'hosts'],
    ['host', 'hosts'],
    ['Hosts', 'hosts'],
    ['childern', 'children'],
    ['strategy_', 'strategy'],
    ['wars', 'vars'],
    ['xy', null],
    ['kitten', null],
    ['', null],
  ])('takes %j for %j', (word, meant) => {
    expect(didYouMean(word, ['hosts', 'children', 'vars', 'strategy'])).toBe(meant);
  });

  it('finds a known word itself, and any word with one letter left out', () => {
    const word = fc.stringMatching(/^[a-z]{6,12}$/);
    fc.assert(
      fc.property(word, fc.nat(5), (known, index) => {
        expect(didYouMean(known, [known])).toBe(known);
        expect(didYouMean(known.slice(0, index) + known.slice(index + 1), [known])).toBe(known);
      }),
    );
  });
});

describe('suggestion', () => {
  it('is a sentence, or nothing', () => {
    expect(suggestion('hsots', ['hosts'])).toBe(" Did you mean 'hosts'?");
    expect(suggestion('zebra', ['hosts'])).toBe('');
  });
});
