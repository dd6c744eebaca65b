import { expect, test } from 'vitest';
import { clockRange, clockText } from '#present/clock-text.js';
import { drawnText, glyphsFor } from '#tui/glyphs.js';
import { clock } from '../run/made-run.js';

test('a clock that was not measured is said to be so', () => {
  expect(clockText(null)).toBe('not measured');
  expect(clockRange([])).toBe('not measured');
});

test('several hosts are a range in one unit, equal ones one number', () => {
  expect(clockRange([clock(0.0004), clock(-0.0002), clock(0.0003, 0.002)])).toBe('-0.2 … +0.4 ms ±2.0 ms');
  expect(clockRange([clock(0.0004), clock(0.0004)])).toBe('+0.4 ms ±1.2 ms');
});

test('a terminal without Unicode shows the same text in its own signs', () => {
  expect(drawnText(clockText(clock(0.000012, 0.000034)), glyphsFor(false))).toBe('+12 us +-34 us');
  expect(drawnText(clockText(clock(0.000012, 0.000034)), glyphsFor(true))).toBe('+12 µs ±34 µs');
});
