import { expect, test } from 'vitest';
import { progressLine } from '#report/progress-line.js';
import type { EventBody } from '#run/event.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { assessed, clock, eventsOf, finished, runStarted } from '../run/made-run.js';
import { driftedPlan, PROBLEMS } from './made-fleet.js';

const TX = 't-1';

function linesOf(bodies: readonly EventBody[]): readonly string[] {
  let state: RunState | null = null;
  const lines: (string | null)[] = [];
  for (const event of eventsOf(bodies)) {
    state = reduce(state, event);
    lines.push(progressLine(event, state));
  }
  return lines.filter((line) => line !== null);
}

test('a run tells what it does to each host, and nothing that nobody waits for', () => {
  expect(
    linesOf([
      runStarted('run', ['web-01', 'web-02']),
      { type: 'host-connecting', host: 'web-01' },
      { type: 'host-probing', host: 'web-01' },
      assessed(driftedPlan('web-01')),
      finished('web-02', 'failed', { problem: PROBLEMS.sudo }),
      { type: 'host-preflight', host: 'web-01', notes: [], problem: null },
      { type: 'host-approved', host: 'web-01', planDigest: 'd', by: 'ada' },
      { type: 'apply-started', host: 'web-01', transaction: TX, planDigest: 'd', guardSeconds: 240 },
      { type: 'apply-step', host: 'web-01', transaction: TX, step: '1', detail: 'backup' },
      { type: 'host-applied', host: 'web-01', transaction: TX },
      { type: 'verify-attempt', host: 'web-01', attempt: 1, waitingFor: ['selected-source'], clock: null },
      { type: 'verify-attempt', host: 'web-01', attempt: 2, waitingFor: ['selected-source'], clock: null },
      { type: 'run-interrupted', how: 'finish' },
      { type: 'verdict', host: 'web-01', transaction: TX, verdict: 'confirm', reason: 'as desired' },
      finished('web-01', 'changed', { clock: clock(-0.0001), source: 'PHC0' }),
      { type: 'run-finished', exitCode: 3 },
    ]),
  ).toEqual([
    'run of 2 hosts from inventory.yaml, run 20261122T100000-k3f9',
    'web-01: 2 changes planned',
    'web-02: failed: sudo refused the password. sudo did not accept the password of ops.',
    'web-01: changing; the guard reverts this host by itself after 240 s',
    'web-01: changed, now to be proved over a new connection',
    'web-01: waiting for selected-source',
    'interrupted: no further host is begun, those in flight are finished; once more leaves them to their guards',
    'web-01: changed and proved; follows PHC0, -0.1 ms ±1.2 ms',
  ]);
});

test('an audit has one line a host', () => {
  expect(linesOf([runStarted('audit', ['a']), assessed(driftedPlan('a')), finished('a', 'drifted')])).toEqual([
    'audit of 1 host from inventory.yaml, run 20261122T100000-k3f9',
    'a: differs; follows PHC0, +0.4 ms ±1.2 ms',
  ]);
});

test('a line is one line, whatever a host sends', () => {
  const evil = finished('a', 'failed', { problem: { ...PROBLEMS.sudo, detail: 'x\n\u001b[2Jb: in sync' } });
  expect(linesOf([runStarted('audit', ['a']), evil])[1]).toBe(
    'a: failed: sudo refused the password. x\\x0a\\x1b[2Jb: in sync',
  );
});
