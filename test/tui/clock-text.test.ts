import { describe, expect, it } from 'vitest';
import { clockText, elapsedText } from '#tui/clock-text.js';
import { glyphsFor } from '#tui/glyphs.js';

const measured = (offsetSeconds: number, boundSeconds: number) => ({
  offsetSeconds,
  boundSeconds,
  exchanges: 4,
  resolutionSeconds: 1e-9,
});

describe('an offset', () => {
  it.each([
    [0.0012, 0.00042, '+1.20 ms ±0.42'],
    [-0.000112, 0.00042, '−112 µs ±420'],
    [5.214, 0.00042, '+5.21 s ±420 µs'],
    [5.214, 0.5, '+5.21 s ±0.50'],
    [-172_800, 0.001, '−2.00 d ±1.00 ms'],
    [0, 0, '+0.00 µs ±0.00'],
  ])('of %d s known to %d s reads %s %s', (offset, bound, text) => {
    expect(clockText(measured(offset, bound), glyphsFor(true))).toBe(text);
  });

  it('that was not measured says nothing rather than zero', () => {
    expect(clockText(null, glyphsFor(true))).toBe('');
  });

  it('never shows a bound that is there as nothing', () => {
    for (const bound of [1e-6, 1e-4, 0.004, 0.09])
      expect(clockText(measured(3, bound), glyphsFor(true))).not.toContain('±0.00');
  });
});

describe('elapsed time', () => {
  it.each([
    [0, '0s'],
    [65, '1m 05s'],
    [7_620, '2h 07m'],
    [-3, '0s'],
  ])('of %d s reads %s', (seconds, text) => {
    expect(elapsedText(seconds)).toBe(text);
  });
});
