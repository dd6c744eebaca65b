import type { ClockMeasurement } from '#snapshot/snapshot.js';
import { offsetText, rangeText } from '#units/seconds.js';

/** Our measurement with its bound: `+0.4 ms ±1.2 ms`; `not measured` without one. */
export function clockText(clock: ClockMeasurement | null): string {
  return clock === null ? 'not measured' : offsetText(clock.offsetSeconds, clock.boundSeconds);
}

/** From the lowest to the highest offset of several hosts, with the widest bound: `-0.2 … +0.4 ms ±1.2 ms`. */
export function clockRange(clocks: readonly ClockMeasurement[]): string {
  if (clocks.length === 0) return clockText(null);
  const [first, ...rest] = clocks.map(({ offsetSeconds }) => offsetSeconds);
  const start = first ?? 0;
  return rangeText(
    rest.reduce((least, offset) => Math.min(least, offset), start),
    rest.reduce((most, offset) => Math.max(most, offset), start),
    clocks.reduce((widest, { boundSeconds }) => Math.max(widest, boundSeconds), 0),
  );
}
