import type { ClockMeasurement } from '#snapshot/snapshot.js';

/** Our measurement with its bound in one unit: `+0.4 ms ±1.2 ms`; `not measured` without one. */
export function clockText(clock: ClockMeasurement | null): string {
  return clock === null ? 'not measured' : offsetText(clock.offsetSeconds, clock.boundSeconds);
}

/** An offset that is known within a bound, both in seconds: no more digits than the bound makes sense of. */
export function offsetText(offsetSeconds: number, boundSeconds: number): string {
  const unit = unitOf(Math.max(Math.abs(offsetSeconds), boundSeconds));
  const decimals = decimalsFor(boundSeconds / unit.seconds);
  const offset = offsetSeconds / unit.seconds;
  return `${signed(offset, decimals)} ${unit.name} ±${(boundSeconds / unit.seconds).toFixed(decimals)} ${unit.name}`;
}

/** From the lowest to the highest offset of several hosts, with the widest bound: `-0.2 … +0.4 ms ±1.2 ms`. */
export function clockRange(clocks: readonly ClockMeasurement[]): string {
  const offsets = clocks.map((clock) => clock.offsetSeconds);
  const bound = clocks.reduce((widest, clock) => Math.max(widest, clock.boundSeconds), 0);
  const low = offsets.reduce((least, offset) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  const high = offsets.reduce((most, offset) => Math.max(most, offset), Number.NEGATIVE_INFINITY);
  if (clocks.length === 0) return 'not measured';
  const unit = unitOf(Math.max(Math.abs(low), Math.abs(high), bound));
  const decimals = decimalsFor(bound / unit.seconds);
  const [first, last] = [low, high].map((offset) => signed(offset / unit.seconds, decimals));
  const range = first === last ? first : `${first} … ${last}`;
  return `${range} ${unit.name} ±${(bound / unit.seconds).toFixed(decimals)} ${unit.name}`;
}

/** A value of a finding: seconds in a unit that reads well, anything else as it is. */
export function measurementText(value: number | string, unit: string, bound: number | null): string {
  if (typeof value === 'string' || unit !== 's') return [value, unit].filter((part) => part !== '').join(' ');
  return bound === null ? secondsText(value) : offsetText(value, bound);
}

/** A limit or a duration: `100 ms`, `90 s`. */
export function secondsText(seconds: number): string {
  const unit = unitOf(Math.abs(seconds));
  return `${Number((seconds / unit.seconds).toPrecision(4))} ${unit.name}`;
}

const UNITS = [
  { name: 'days', seconds: 86_400, from: 2 * 86_400 },
  { name: 'h', seconds: 3600, from: 3 * 3600 },
  { name: 's', seconds: 1, from: 1 },
  { name: 'ms', seconds: 1e-3, from: 1e-3 },
  { name: 'µs', seconds: 1e-6, from: 0 },
] as const;

function unitOf(size: number) {
  return UNITS.find((unit) => size >= unit.from) ?? UNITS[4];
}

/** Two digits of the bound: 0.0012 s is `1.2 ms`, 12 ms is `12`; at most six behind the point. */
function decimalsFor(bound: number): number {
  if (!(bound > 0)) return 3;
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(bound))));
}

function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? '-' : '+') + text;
}
