import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureClock, OWN_RESOLUTION_SECONDS } from '#conversation/measure-clock.js';

describe('measureClock', () => {
  it('takes the exchange with the smallest round trip', () => {
    const slow = { sentAt: 100, hostAt: 107, receivedAt: 101, roundTripSeconds: 1 };
    const fast = { sentAt: 102, hostAt: 107.005, receivedAt: 102.01, roundTripSeconds: 0.01 };
    const measured = measureClock([slow, fast, slow], 1e-9);
    expect(measured?.offsetSeconds).toBeCloseTo(5, 9);
    expect(measured?.boundSeconds).toBeCloseTo(0.0051, 6);
    expect(measured?.exchanges).toBe(3);
  });

  it('says that nothing was measured when there is no exchange to use', () => {
    expect(measureClock([], 1)).toBeNull();
    const broken = { sentAt: 1, hostAt: Number.NaN, receivedAt: 2, roundTripSeconds: 1 };
    expect(measureClock([broken, { ...broken, hostAt: 1, roundTripSeconds: -1 }], 1)).toBeNull();
  });

  it('holds the true offset within its bound, whatever share of the round trip each way took', () => {
    const delay = fc.double({ min: 0, max: 2, noNaN: true });
    const offset = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    const resolution = fc.constantFrom(1e-9, 1e-6, 1);
    const own = fc.double({ min: -OWN_RESOLUTION_SECONDS, max: OWN_RESOLUTION_SECONDS, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(delay, delay, own), { minLength: 1 }),
        offset,
        resolution,
        (delays, truth, step) => {
          const exchanges = delays.map(([there, back, wrong], i) => {
            const hostAt = Math.floor((i + there + truth) / step) * step;
            return { sentAt: i + wrong, hostAt, receivedAt: i + there + back, roundTripSeconds: there + back };
          });
          const measured = measureClock(exchanges, step);
          expect(Math.abs(measured!.offsetSeconds - truth)).toBeLessThanOrEqual(measured!.boundSeconds + 1e-6);
        },
      ),
    );
  });
});
