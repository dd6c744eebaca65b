import { expect, it } from 'vitest';
import { countsAsFailed } from '#run/counts-as-failed.js';
import type { Outcome } from '#run/outcome.js';

it.each<[Outcome | null, boolean, string]>([
  ['failed', true, 'a change or a look at the host did not succeed'],
  ['unreachable', true, 'nobody knows how it is'],
  ['reverted', true, 'it was changed and could not be proved'],
  ['stale', true, 'somebody else changes these hosts'],
  ['guard-unknown', true, 'a person must look'],
  ['changed', false, 'proved'],
  ['in-sync', false, 'nothing to do'],
  ['drifted', false, 'seen, and not to be changed'],
  ['declined', false, 'a person left it alone'],
  ['skipped', false, 'it was not begun'],
  [null, false, 'it has not ended'],
])('%s counts against max_fail: %s (%s)', (outcome, expected) => {
  expect(countsAsFailed(outcome)).toBe(expected);
});
