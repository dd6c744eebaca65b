import { describe, expect, test } from 'vitest';
import type { Finding } from '#plan/plan.js';
import type { EventBody, RunKind } from '#run/event.js';
import { type ExitOptions, exitCode } from '#run/exit-code.js';
import type { Outcome } from '#run/outcome.js';
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

const OPTIONS: ExitOptions = { failOn: 'medium', maxUnreachable: 0 };
const CHANGE = fileChange('/etc/chrony/chrony.conf', 'a\n', 'b\n');
const INTERRUPTED: EventBody = { type: 'run-interrupted', how: 'finish' };

/** A run whose hosts ended so; `null` never finished. */
function ended(kind: RunKind, outcomes: readonly (Outcome | null)[], more: readonly EventBody[] = []) {
  const names = outcomes.map((_, index) => `host-${index}`);
  const ends = outcomes.flatMap((outcome, index) => (outcome === null ? [] : [finished(names[index]!, outcome)]));
  return stateOf([runStarted(kind, names), ...more, ...ends]);
}

describe('outcomes', () => {
  const cases: readonly [RunKind, readonly (Outcome | null)[], number, Partial<ExitOptions>?][] = [
    ['run', ['changed', 'in-sync'], 0],
    ['run', ['in-sync', 'skipped'], 0],
    ['run', ['guard-unknown', 'reverted', 'failed', 'drifted', 'unreachable'], 6],
    ['run', ['reverted', 'failed', 'stale', 'declined', 'unreachable'], 5],
    ['run', ['failed', 'declined', 'unreachable'], 3],
    ['apply', ['stale', 'changed', 'unreachable'], 3],
    ['run', ['changed', 'declined', 'unreachable'], 2],
    ['plan', ['drifted', 'in-sync', 'unreachable'], 2],
    ['plan', ['in-sync', 'unreachable'], 4],
    ['rollback', ['changed', 'unreachable'], 4],
    ['rollback', ['changed', 'in-sync'], 0],
    ['rollback', ['declined'], 2],
    ['audit', ['drifted'], 2],
    ['audit', ['in-sync', 'unreachable'], 4],
    ['audit', ['in-sync', 'unreachable'], 0, { maxUnreachable: 1 }],
    ['audit', ['unreachable', 'unreachable'], 4, { maxUnreachable: 1 }],
    ['audit', ['failed', 'unreachable'], 3, { maxUnreachable: 1 }],
    ['audit', [], 0],
    ['audit', ['in-sync', null], 1],
    ['run', [null, 'guard-unknown'], 1],
  ];
  test.each(cases)('%s with %j ends with %i', (kind, outcomes, code, options) => {
    expect(exitCode(ended(kind, outcomes), { ...OPTIONS, ...options })).toBe(code);
  });
});

describe('findings of an audit', () => {
  const audit = (...findings: Finding[]) =>
    stateOf([runStarted('audit', ['a']), assessed(plan('a', { findings })), finished('a', 'drifted')]);
  const low = { severity: 'low' } as const;
  const cases: readonly [string, Finding, ExitOptions['failOn'], number][] = [
    ['a violation at the limit', violation(5, 0.1, { severity: 'medium' }), 'medium', 2],
    ['a violation above it', violation(5, 0.1, { severity: 'critical' }), 'medium', 2],
    ['a violation below it', violation(5, 0.1, low), 'medium', 0],
    ['a drift at the limit', drift(CHANGE), 'medium', 2],
    ['a drift below it', drift(CHANGE, low), 'medium', 0],
    ['a waived violation', violation(5, 0.1, { waived: 'test system' }), 'info', 0],
    ['a waived unknown', unknown({ waived: 'test system' }), 'unknown', 0],
    ['an unknown', unknown({ severity: 'critical' }), 'info', 0],
    ['an unknown, and unknown counts', unknown({ severity: 'info' }), 'unknown', 2],
    ['a small drift, and unknown counts', drift(CHANGE, low), 'unknown', 2],
    ['in sync', inSync({ severity: 'critical' }), 'unknown', 0],
    ['a violation, and no finding counts', violation(5, 0.1), 'never', 0],
  ];
  test.each(cases)('%s', (_, finding, failOn, code) => {
    expect(exitCode(audit(inSync(), finding), { failOn, maxUnreachable: 0 })).toBe(code);
  });

  test('do not count in a run that made the changes', () => {
    const host = plan('a', { findings: [drift(CHANGE)], changes: [CHANGE] });
    expect(exitCode(stateOf([runStarted('run', ['a']), assessed(host), finished('a', 'changed')]), OPTIONS)).toBe(0);
  });
});

describe('a run that had nothing to change on a host', () => {
  const left = (finding: Finding) =>
    stateOf([runStarted('run', ['a']), assessed(plan('a', { findings: [finding] })), finished('a', 'drifted')]);

  test('ends with 2 when a finding stands that counts', () => {
    expect(exitCode(left(violation(5, 0.1)), OPTIONS)).toBe(2);
    expect(exitCode(left(unknown()), { ...OPTIONS, failOn: 'unknown' })).toBe(2);
  });

  test('ends with 0 when only smaller ones do', () => {
    expect(exitCode(left(violation(5, 0.1, { severity: 'info' })), OPTIONS)).toBe(0);
    expect(exitCode(left(unknown()), OPTIONS)).toBe(0);
  });
});

describe('hosts that were not finished', () => {
  const changed = plan('host-0', { changes: [CHANGE] });
  const begun: EventBody = {
    type: 'apply-started',
    host: 'host-0',
    transaction: 't',
    planDigest: 'd',
    guardSeconds: 240,
  };

  test('an open transaction is a guard that nobody has looked at', () => {
    expect(exitCode(ended('run', [null], [begun, INTERRUPTED]), OPTIONS)).toBe(6);
    expect(exitCode(ended('run', [null], [begun]), OPTIONS)).toBe(6);
  });

  test('a skipped host with planned changes is a difference', () => {
    expect(exitCode(ended('run', ['skipped'], [assessed(changed)]), OPTIONS)).toBe(2);
  });

  test('an interruption with nothing worse is 130', () => {
    expect(exitCode(ended('run', ['changed', null], [INTERRUPTED]), OPTIONS)).toBe(130);
    expect(exitCode(ended('audit', ['in-sync', 'unreachable'], [INTERRUPTED]), OPTIONS)).toBe(4);
  });

  test('a run that never started is a failure of tsync', () => {
    expect(exitCode(stateOf([INTERRUPTED]), OPTIONS)).toBe(1);
  });
});
