import type { ClockExchange, ClockMeasurement } from '#snapshot/snapshot.js';

/** What the reading of our own clock may be wrong by: `cli/wall-clock.ts`. */
export const OWN_RESOLUTION_SECONDS = 0.0001;

/**
 * The host's clock against ours, from the exchange with the smallest round trip: the host read its clock somewhere within it, so
 * that the middle is wrong by at most half of it, plus the resolutions of its reading and of ours.
 *
 * @param exchanges in any order; those whose times are not finite or not in order are not counted
 * @param resolutionSeconds of the host's reading, see `ClockMeasurement`
 * @returns null when no exchange can be used: the clock was not measured, which is not the same as right
 */
export function measureClock(exchanges: readonly ClockExchange[], resolutionSeconds: number): ClockMeasurement | null {
  const usable = exchanges.filter(isUsable);
  let best = usable[0];
  for (const exchange of usable) if (best && exchange.roundTripSeconds < best.roundTripSeconds) best = exchange;
  if (!best || !(resolutionSeconds > 0)) return null;
  const half = best.roundTripSeconds / 2;
  return {
    offsetSeconds: best.hostAt - (best.sentAt + half),
    boundSeconds: half + resolutionSeconds + OWN_RESOLUTION_SECONDS,
    exchanges: usable.length,
    resolutionSeconds,
  };
}

function isUsable(exchange: ClockExchange): boolean {
  const { sentAt, hostAt, receivedAt, roundTripSeconds } = exchange;
  return [sentAt, hostAt, receivedAt, roundTripSeconds].every(Number.isFinite) && roundTripSeconds >= 0;
}
