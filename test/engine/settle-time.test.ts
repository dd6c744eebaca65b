import { expect, it } from 'vitest';
import { SettleTime } from '#engine/settle-time.js';

it('gives the host the extension on top of what its guard still had', () => {
  const time = new SettleTime(0, 90, 240);
  expect(time.extensionSeconds(100_000)).toBe(140 + 300);
  time.extended();
  expect([time.settleUntilMs, time.giveUpMs]).toEqual([390_000, (240 + 300 + 90) * 1000]);
  expect(time.extensionSeconds(100_000)).toBe(440 + 300);
});

it('never asks for less than the extension, also when the guard is due', () => {
  expect(new SettleTime(0, 90, 240).extensionSeconds(900_000)).toBe(300);
});
