import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWindows, isWindowOpen, type MaintenanceWindow, minutesOfDay } from '#settings/maintenance-window.js';

const at = (iso: string) => Date.parse(iso) / 1000;
const weekend: MaintenanceWindow = { days: ['sat', 'sun'], fromMinutes: 22 * 60, toMinutes: 4 * 60, zone: 'UTC' };
const berlin: MaintenanceWindow = { days: [], fromMinutes: 2 * 60, toMinutes: 3 * 60, zone: 'Europe/Berlin' };

describe('a maintenance window', () => {
  it.each([
    ['2026-11-21T21:59:59Z', false],
    ['2026-11-21T22:00:00Z', true],
    ['2026-11-22T03:59:59Z', true],
    ['2026-11-22T04:00:00Z', false],
    ['2026-11-23T03:00:00Z', true],
    ['2026-11-23T23:00:00Z', false],
    ['2026-11-21T03:00:00Z', false],
  ])('over midnight belongs to the day on which it begins: %s is %s', (when, open) => {
    expect(isWindowOpen([weekend], at(when))).toBe(open);
  });

  it.each([
    ['2026-01-15T01:30:00Z', true],
    ['2026-01-15T00:30:00Z', false],
    ['2026-07-15T00:30:00Z', true],
    ['2026-07-15T01:30:00Z', false],
  ])('goes by the wall clock of its zone, summer and winter: %s is %s', (when, open) => {
    expect(isWindowOpen([berlin], at(when))).toBe(open);
  });

  it('is open at any time where there is none, and with several when one of them is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (now) => {
        expect(isWindowOpen([], now)).toBe(true);
        const either = isWindowOpen([weekend], now) || isWindowOpen([berlin], now);
        expect(isWindowOpen([weekend, berlin], now)).toBe(either);
      }),
    );
  });

  it('and the window of the other hours are never both open or both closed', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 4_000_000_000 }), (from, to, now) => {
        fc.pre(from !== to);
        const window = { days: [], fromMinutes: from, toMinutes: to, zone: 'UTC' };
        const others = { days: [], fromMinutes: to, toMinutes: from, zone: 'UTC' };
        expect(isWindowOpen([window], now)).not.toBe(isWindowOpen([others], now));
      }),
    );
  });

  it.each([
    ['00:00', 0],
    ['22:30', 1350],
    ['24:00', 1440],
    ['24:01', null],
    ['25:00', null],
    ['9:00', null],
    ['22:60', null],
  ])('begins and ends at a time of day: %s is %s', (text, minutes) => {
    expect(minutesOfDay(text)).toBe(minutes);
  });

  it('is said as it was written', () => {
    expect(describeWindows([weekend, berlin])).toBe(
      'sat, sun 22:00 to 04:00 UTC or every day 02:00 to 03:00 Europe/Berlin',
    );
  });
});
