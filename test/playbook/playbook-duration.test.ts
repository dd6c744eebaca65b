import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationSeconds } from '#settings/settings-duration.js';

describe('durationSeconds', () => {
  it.each([
    [90, 90],
    [0.1, 0.1],
    ['90', 90],
    ['90s', 90],
    ['2m', 120],
    ['1.5h', 5400],
    ['2d', 172_800],
    ['50ms', 0.05],
    ['500us', 0.0005],
    [-1, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['-1s', null],
    ['1 s', null],
    ['1w', null],
    ['', null],
    [true, null],
    [null, null],
  ])('reads %j as %j seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it('reads 1000 of a unit as one of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (n) => {
        expect(durationSeconds(`${n * 1000}ms`)).toBe(durationSeconds(`${n}s`));
        expect(durationSeconds(`${n * 60}s`)).toBe(durationSeconds(`${n}m`));
      }),
    );
  });
});
