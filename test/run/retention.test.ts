import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expired } from '#run/retention.js';

const NOW = Date.parse('2026-11-22T00:00:00Z') / 1000;
const DAY = 86_400;
const item = (startedAt: string) => ({ startedAt });
const items = ['2026-11-21T00:00:00Z', '2026-11-01T00:00:00Z', '2026-08-01T00:00:00Z', 'long ago'].map(item);
const times = (kept: readonly { readonly startedAt: string }[]) => kept.map(({ startedAt }) => startedAt.slice(0, 10));

describe('what may be cleaned away', () => {
  it.each([
    { keep: 0, days: null, goes: ['2026-11-21', '2026-11-01', '2026-08-01', 'long ago'] },
    { keep: 2, days: null, goes: ['2026-08-01', 'long ago'] },
    { keep: 0, days: 10, goes: ['2026-11-01', '2026-08-01'] },
    { keep: 2, days: 10, goes: ['2026-08-01'] },
    { keep: 3, days: 10, goes: [] },
    { keep: 9, days: null, goes: [] },
  ])('with keep $keep and older than $days days: $goes', ({ keep, days, goes }) => {
    const olderThanSeconds = days === null ? null : days * DAY;
    expect(times(expired(items, { keep, olderThanSeconds }, NOW))).toEqual(goes);
  });

  it('never takes one of the newest, and never one that is not old enough', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: NOW })),
        fc.nat(10),
        fc.option(fc.nat(400 * DAY)),
        (ages, keep, limit) => {
          const made = ages
            .sort((a, b) => a - b)
            .map((age) => ({ startedAt: new Date((NOW - age) * 1000).toISOString(), age }));
          const gone = expired(made, { keep, olderThanSeconds: limit }, NOW);
          const kept = made.filter((one) => !gone.includes(one));
          expect(kept.slice(0, keep)).toEqual(made.slice(0, keep));
          for (const { age } of gone) if (limit !== null) expect(age).toBeGreaterThan(limit);
        },
      ),
    );
  });
});
