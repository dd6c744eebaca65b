/**
 * An offset that is known within a bound, both in seconds: `+0.4 ms ±1.2 ms`, `+5.0031 s ±1.2 ms`. As many digits as the bound makes
 * sense of, and at most five; the bound has a unit of its own where that of the offset would leave it no digits.
 */
export function offsetText(offsetSeconds: number, boundSeconds: number): string {
  return rangeText(offsetSeconds, offsetSeconds, boundSeconds);
}

/** From the lowest to the highest of several offsets within one bound: `-0.2 … +0.4 ms ±1.2 ms`. */
export function rangeText(lowSeconds: number, highSeconds: number, boundSeconds: number): string {
  const largest = Math.max(Math.abs(lowSeconds), Math.abs(highSeconds));
  const unit = unitOf(Math.max(largest, boundSeconds));
  const decimals = Math.min(decimalsFor(boundSeconds / unit.seconds), decimalsOfFive(largest / unit.seconds));
  const [low, high] = [lowSeconds, highSeconds].map((offset) => signed(offset / unit.seconds, decimals));
  const range = low === high ? low : `${low} … ${high}`;
  const isShared = boundSeconds >= 0.1 * unit.seconds;
  return `${range} ${unit.name} ±${boundText(boundSeconds, isShared ? unit : unitOf(boundSeconds))}`;
}

/** A value of a finding: seconds in a unit that reads well, anything else as it is. */
export function measurementText({ value, unit, bound }: Quantity): string {
  if (typeof value === 'string' || unit !== 's') return [value, unit].filter((part) => part !== '').join(' ');
  return bound === null ? secondsText(value) : offsetText(value, bound);
}

interface Quantity {
  readonly value: number | string;
  readonly unit: string;
  readonly bound: number | null;
}

/** A limit or a duration: `100 ms`, `90 s`. */
export function secondsText(seconds: number): string {
  const unit = unitOf(Math.abs(seconds));
  return `${Number((seconds / unit.seconds).toPrecision(4))} ${unit.name}`;
}

/** A time that goes by, in whole seconds: `42s`, `3m 05s`, `2h 07m`. */
export function elapsedText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole}s`;
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

interface Unit {
  readonly name: string;
  readonly seconds: number;
}

const MICROSECOND = { name: 'µs', seconds: 1e-6, from: 0 };
const UNITS = [
  { name: 'd', seconds: 86_400, from: 2 * 86_400 },
  { name: 'h', seconds: 3600, from: 3 * 3600 },
  { name: 's', seconds: 1, from: 1 },
  { name: 'ms', seconds: 1e-3, from: 1e-3 },
  MICROSECOND,
];

function unitOf(size: number): Unit {
  return UNITS.find((unit) => size >= unit.from) ?? MICROSECOND;
}

function boundText(seconds: number, unit: Unit): string {
  const bound = seconds / unit.seconds;
  return `${bound > 0 ? bound.toFixed(decimalsFor(bound)) : '0'} ${unit.name}`;
}

/** Two digits of the bound: 0.0012 s is `1.2 ms`, 12 ms is `12`. */
function decimalsFor(bound: number): number {
  if (!(bound > 0)) return 3;
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(bound))));
}

function decimalsOfFive(value: number): number {
  return value < 1 ? 4 : Math.max(0, 4 - Math.floor(Math.log10(value)));
}

function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? '-' : '+') + text;
}
