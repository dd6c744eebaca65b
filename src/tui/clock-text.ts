import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { Glyphs } from './glyphs.js';

/** `+1.20 ms ±0.4`: offset to three digits, bound in the same unit. Empty when there was no measurement. */
export function clockText(clock: ClockMeasurement | null, glyphs: Glyphs): string {
  if (clock === null) return '';
  const size = Math.max(Math.abs(clock.offsetSeconds), clock.boundSeconds);
  const [scale, unit] = unitOf(size, glyphs);
  const sign = clock.offsetSeconds < 0 ? glyphs.minus : '+';
  const offset = sign + digits(Math.abs(clock.offsetSeconds) * scale);
  return `${offset} ${unit} ${glyphs.plusMinus}${digits(clock.boundSeconds * scale)}`;
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
