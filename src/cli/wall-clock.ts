/** Readings of this machine, in ms: Unix time in whole ms, rounded down, and the monotonic clock with its fractions. */
export interface ClockReadings {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

/** For how long a comparison of both clocks holds. */
const HOLDS_MS = 1_000;
/** Nobody waits longer for a millisecond that begins uninterrupted. Then the time is right to one, and the next reading tries again. */
const GIVE_UP_MS = 10;
/** Two readings further apart were interrupted: the millisecond may have begun at any moment between. */
const AT_ONCE_MS = 0.05;

/**
 * Unix time in seconds, right to `OWN_RESOLUTION_SECONDS` (`conversation/measure-clock.ts`). `Date.now()` has whole milliseconds, rounded down: offsets
 * taken with it would be half a millisecond too large. The difference to the monotonic clock is read at the moment at which a millisecond
 * begins, which takes up to one, and again every second, and when both clocks no longer agree: somebody has set the clock. Both run at the
 * same rate, which NTP corrects for both (clock_gettime(2), CLOCK_MONOTONIC).
 */
export function wallClock({ wallMs, monotonicMs }: ClockReadings): () => number {
  let differenceMs = 0;
  let comparedMs = Number.NEGATIVE_INFINITY;

  const compare = () => {
    const begunMs = monotonicMs();
    let last = { wallMs: wallMs(), monotonicMs: begunMs };
    for (;;) {
      const beforeMs = monotonicMs();
      const nowMs = wallMs();
      const afterMs = monotonicMs();
      const isTick = nowMs !== last.wallMs && afterMs - last.monotonicMs < AT_ONCE_MS;
      if (isTick || afterMs - begunMs > GIVE_UP_MS) {
        differenceMs = nowMs - beforeMs;
        comparedMs = isTick ? afterMs : Number.NEGATIVE_INFINITY;
        return;
      }
      last = { wallMs: nowMs, monotonicMs: beforeMs };
    }
  };

  const agree = () => {
    const expectedMs = monotonicMs() + differenceMs;
    const aheadMs = expectedMs - wallMs();
    return aheadMs > -AT_ONCE_MS && aheadMs < 1 + AT_ONCE_MS;
  };

  return () => {
    if (monotonicMs() - comparedMs > HOLDS_MS || !agree()) compare();
    return (monotonicMs() + differenceMs) / 1_000;
  };
}
