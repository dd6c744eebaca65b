import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { Glyphs } from './glyphs.js';

/** `+1.20 ms ±0.42`: in the unit of the larger one, the bound in its own where that would round it to nothing. Empty: not measured. */
export function clockText(clock: ClockMeasurement | null, glyphs: Glyphs): string {
  if (clock === null) return '';
  const { offsetSeconds, boundSeconds } = clock;
  const [scale, unit] = unitOf(Math.max(Math.abs(offsetSeconds), boundSeconds), glyphs);
  const [ownScale, ownUnit] = unitOf(boundSeconds, glyphs);
  const offset = `${offsetSeconds < 0 ? glyphs.minus : '+'}${digits(Math.abs(offsetSeconds) * scale)} ${unit}`;
  const shared = ownUnit === unit || boundSeconds * scale >= 0.1;
  const bound = shared ? digits(boundSeconds * scale) : `${digits(boundSeconds * ownScale)} ${ownUnit}`;
  return `${offset} ${glyphs.plusMinus}${bound}`;
}

/** Whole seconds as `42s`, `3m 05s`, `2h 07m`. */
export function elapsedText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole}s`;
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

function unitOf(seconds: number, glyphs: Glyphs): readonly [number, string] {
  if (!(seconds < 86_400)) return [1 / 86_400, 'd'];
  if (seconds >= 1) return [1, 's'];
  return seconds >= 0.001 ? [1e3, 'ms'] : [1e6, `${glyphs.micro}s`];
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
