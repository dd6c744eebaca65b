import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elapsedText, measurementText, offsetText, secondsText } from '#units/seconds.js';

describe('an offset is written in the unit that fits, with the digits that its bound allows', () => {
  test.each([
    [0.0004, 0.0012, '+0.4 ms ±1.2 ms'],
    [-0.0004, 0.0012, '-0.4 ms ±1.2 ms'],
    [0.000012, 0.000034, '+12 µs ±34 µs'],
    [5.0031, 0.0012, '+5.0031 s ±1.2 ms'],
    [-37, 0.5, '-37.00 s ±0.50 s'],
    [0, 0.012, '+0 ms ±12 ms'],
    [-0.0000001, 0.012, '+0 ms ±12 ms'],
    [7200, 1, '+7200.0 s ±1.0 s'],
    [90_000, 0.5, '+25.000 h ±500 ms'],
    [0.0012, 0.00042, '+1.20 ms ±0.42 ms'],
    [5.214, 0.00042, '+5.2140 s ±420 µs'],
    [-172_800, 0.001, '-2.0000 d ±1.0 ms'],
    [0, 0, '+0.000 µs ±0 µs'],
    [4 * 86_400, 1, '+4.0000 d ±1.0 s'],
    [0.001, 0, '+1.000 ms ±0 µs'],
  ])('%d s within %d s: %s', (offset, bound, text) => {
    expect(offsetText(offset, bound)).toBe(text);
  });
});

test('a value with another unit, or none, is as it is', () => {
  expect(measurementText({ value: 'Not synchronised', unit: '', bound: null })).toBe('Not synchronised');
  expect(measurementText({ value: 3, unit: 'stratum', bound: null })).toBe('3 stratum');
  expect(measurementText({ value: 0.1, unit: 's', bound: null })).toBe('100 ms');
});

test.each([
  [0.1, '100 ms'],
  [90, '90 s'],
  [0.05, '50 ms'],
  [1e-6, '1 µs'],
])('%d seconds are %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text);
});

test('what is written is never further from the truth than the bound, or than five digits tell, and fits its column', () => {
  const sizes = fc.double({ min: -8.64e8, max: 8.64e8, noNaN: true });
  fc.assert(
    fc.property(sizes, fc.double({ min: 1e-6, max: 1e3, noNaN: true }), (offset, bound) => {
      const text = offsetText(offset, bound);
      const [value = '', unit = ''] = text.split(' ');
      const seconds = { d: 86_400, h: 3600, s: 1, ms: 1e-3, µs: 1e-6 }[unit] ?? Number.NaN;
      expect(Math.abs(Number(value) * seconds - offset)).toBeLessThanOrEqual(
        Math.max(bound, Math.abs(offset) * 1e-4) + 1e-12,
      );
      expect(text.length).toBeLessThanOrEqual(20);
    }),
  );
});

test('a bound that is there is never shown as nothing', () => {
  for (const bound of [1e-6, 1e-4, 0.004, 0.09]) expect(offsetText(3, bound)).not.toMatch(/±0(?:\.0*)? /);
});

test.each([
  [0, '0s'],
  [65, '1m 05s'],
  [7_620, '2h 07m'],
  [-3, '0s'],
])('an elapsed time of %d s reads %s', (seconds, text) => {
  expect(elapsedText(seconds)).toBe(text);
});
