/**
 * Seconds of a duration as people write it: a number of seconds (`90`, `0.1`), or a number with a unit: `500us`, `50ms`,
 * `90s`, `2m`, `1h`, `2d`. null when it is none.
 */
export function durationSeconds(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  const match = typeof value === 'string' ? DURATION.exec(value) : null;
  return match ? scaled(match[1]!, UNITS[match[2] ?? 's']!) : null;
}

/** Divides for units below a second: 50 / 1000 is 0.05, 50 * 0.001 is not always. */
function scaled(digits: string, unit: number): number {
  return unit < 0 ? Number(digits) / -unit : Number(digits) * unit;
}

/** Negative: that many in a second. */
const UNITS: { readonly [unit: string]: number } = { us: -1_000_000, ms: -1000, s: 1, m: 60, h: 3600, d: 86_400 };

export const DURATION = /^([0-9]{1,9}(?:\.[0-9]{1,9})?)(us|ms|s|m|h|d)?$/;
