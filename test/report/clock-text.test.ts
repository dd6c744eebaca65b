import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockRange, clockText, measurementText, offsetText, secondsText } from '#report/clock-text.js';
import { clock } from '../run/made-run.js';

describe('an offset is written in the unit that fits, with the digits that its bound allows', () => {
  test.each([
    [0.0004, 0.0012, '+0.4 ms ±1.2 ms'],
    [-0.0004, 0.0012, '-0.4 ms ±1.2 ms'],
    [0.000012, 0.000034, '+12 µs ±34 µs'],
    [5.0031, 0.0012, '+5.0031 s ±0.0012 s'],
    [-37, 0.5, '-37.00 s ±0.50 s'],
    [0, 0.012, '+0 ms ±12 ms'],
    [-0.0000001, 0.012, '+0 ms ±12 ms'],
    [7200, 1, '+7200.0 s ±1.0 s'],
    [4 * 86_400, 1, '+4.000000 days ±0.000012 days'],
    [0.001, 0, '+1.000 ms ±0.000 ms'],
  ])('%d s within %d s: %s', (offset, bound, text) => {
    expect(offsetText(offset, bound)).toBe(text);
  });
});

test('without a measurement it says so', () => {
  expect(clockText(null)).toBe('not measured');
  expect(clockRange([])).toBe('not measured');
});

test('several hosts are a range in one unit, equal ones one number', () => {
  expect(clockRange([clock(0.0004), clock(-0.0002), clock(0.0003, 0.002)])).toBe('-0.2 … +0.4 ms ±2.0 ms');
  expect(clockRange([clock(0.0004), clock(0.0004)])).toBe('+0.4 ms ±1.2 ms');
});

test('a value with another unit, or none, is as it is', () => {
  expect(measurementText('Not synchronised', '', null)).toBe('Not synchronised');
  expect(measurementText(3, 'stratum', null)).toBe('3 stratum');
  expect(measurementText(0.1, 's', null)).toBe('100 ms');
});

test.each([
  [0.1, '100 ms'],
  [90, '90 s'],
  [0.05, '50 ms'],
  [1e-6, '1 µs'],
])('%d seconds are %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text);
});

test('what is written is never further from the truth than the bound', () => {
  const sizes = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(sizes, fc.double({ min: 1e-6, max: 1e3, noNaN: true }), (offset, bound) => {
      const [value = '', unit = ''] = offsetText(offset, bound).split(' ');
      const seconds = { days: 86_400, h: 3600, s: 1, ms: 1e-3, µs: 1e-6 }[unit] ?? Number.NaN;
      expect(Math.abs(Number(value) * seconds - offset)).toBeLessThanOrEqual(Math.max(bound, 0.05));
    }),
  );
});
