import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Amount, mayGoOn, waves } from '#plan/rollout.js';

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `host${index}`);
const sizes = (count: number, serial: readonly Amount[]) => waves(hosts(count), serial).map((wave) => wave.length);

describe('waves', () => {
  it.each<[number, readonly Amount[], readonly number[]]>([
    [10, ['100%'], [10]],
    [10, [1, '20%', '100%'], [1, 2, 7]],
    [10, [3], [3, 3, 3, 1]],
    [3, ['10%'], [1, 1, 1]],
    [0, [1], []],
    [5, [1, 100], [1, 4]],
  ])('puts %i hosts with serial %j into waves of %j', (count, serial, expected) => {
    expect(sizes(count, serial)).toEqual(expected);
  });

  it.each<[readonly Amount[], number, readonly number[]]>([
    [[1, '20%', '100%'], 2, [2, 8]],
    [[1, '20%', '100%'], 3, [10]],
    [[1, '20%', '100%'], 9, [10]],
    [[3], 2, [3, 3, 3, 1]],
  ])('with serial %j, begun with wave %i, 10 hosts go in waves of %j', (serial, first, expected) => {
    expect(waves(hosts(10), serial, first).map((wave) => wave.length)).toEqual(expected);
  });

  it('places every host exactly once and in order, whatever wave it begins with', () => {
    const amount = fc.oneof(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 100 }).map((share): Amount => `${share}%`),
    );
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.array(amount, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (count, serial, first) => {
          expect(waves(hosts(count), serial, first).flat()).toEqual(hosts(count));
        },
      ),
    );
  });
});

describe('mayGoOn', () => {
  it.each<[number, number, Amount, boolean]>([
    [0, 10, 0, true],
    [1, 10, 0, false],
    [1, 10, '10%', true],
    [2, 10, '10%', false],
    [1, 9, '10%', false],
    [9, 9, '100%', true],
  ])('with %i of %i failed and max_fail %s says %s', (failed, total, maxFail, expected) => {
    expect(mayGoOn(failed, total, maxFail)).toBe(expected);
  });
});
