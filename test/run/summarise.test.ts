import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '#run/outcome.js';
import { summarise } from '#run/summarise.js';
import {
  assessed,
  drift,
  fileChange,
  finished,
  inSync,
  plan,
  runStarted,
  stateOf,
  unknown,
  violation,
} from './made-run.js';

const OUTCOMES: readonly Outcome[] = ['in-sync', 'drifted', 'changed', 'skipped', 'stale', 'failed', 'unreachable'];

test('every host is counted exactly once', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom(...OUTCOMES)), { maxLength: 30 }), (outcomes) => {
      const names = outcomes.map((_, index) => `host-${index}`);
      const ends = outcomes.flatMap((outcome, index) => (outcome === null ? [] : [finished(names[index]!, outcome)]));
      const summary = summarise(stateOf([runStarted('run', names), ...ends]));
      const counted = Object.values(summary.outcomes).reduce((sum, count) => sum + count, 0);
      expect(counted + summary.unfinished).toBe(outcomes.length);
      expect(summary.hosts).toBe(outcomes.length);
    }),
  );
});

test('findings are counted by severity, and apart from these what is unknown, waived or in sync', () => {
  const change = fileChange('/etc/chrony.conf', 'a', 'b');
  const findings = [
    drift(change),
    violation(1, 0.1),
    unknown({ severity: 'high' }),
    violation(1, 0.1, { waived: 'lab' }),
    inSync(),
  ];
  const state = stateOf([runStarted('audit', ['a']), assessed(plan('a', { findings })), finished('a', 'drifted')]);
  expect(summarise(state).findings).toEqual({
    info: 0,
    low: 0,
    medium: 1,
    high: 1,
    critical: 0,
    unknown: 1,
    waived: 1,
    inSync: 1,
  });
});
