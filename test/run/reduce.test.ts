import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problem } from '#errors/problem.js';
import type { Event, EventBody } from '#run/event.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { assessed, clock, eventsOf, fileChange, finished, plan, runStarted, SUMMARY, stateOf } from './made-run.js';

const TX = '20261122T100000-k3f9-web-01';
const STARTED: EventBody = {
  type: 'apply-started',
  host: 'web-01',
  transaction: TX,
  planDigest: 'd',
  guardSeconds: 240,
};
const WAY: readonly EventBody[] = [
  runStarted('run', ['web-01', 'db-01']),
  { type: 'host-connecting', host: 'web-01' },
  { type: 'host-probing', host: 'web-01' },
  assessed(plan('web-01', { changes: [fileChange('/etc/chrony/conf.d/tsync.conf', null, 'x\n')] }), {
    notes: ['no boot guard'],
  }),
  { type: 'host-preflight', host: 'web-01', notes: ['10.0.0.1 answered'], problem: null },
  { type: 'host-approved', host: 'web-01', planDigest: 'd', by: 'ada' },
  STARTED,
  { type: 'apply-step', host: 'web-01', transaction: TX, step: 'change 1', detail: 'file' },
  { type: 'host-applied', host: 'web-01', transaction: TX },
  { type: 'verify-attempt', host: 'web-01', attempt: 1, waitingFor: ['selected-source'], clock: clock(0.01) },
  { type: 'verdict', host: 'web-01', transaction: TX, verdict: 'confirm', reason: 'all as desired' },
  finished('web-01', 'changed', { clock: clock(0.0001), source: 'PHC0' }),
  { type: 'run-finished', exitCode: 0 },
];

const hostAfter = (count: number) => stateOf(WAY.slice(0, count)).hosts.get('web-01');

describe('the way of one host', () => {
  test('each event brings its stage', () => {
    const stages = WAY.map((_, index) => hostAfter(index + 1)?.stage);
    expect(stages).toEqual([
      'waiting',
      'connecting',
      'probing',
      'assessed',
      'assessed',
      'approved',
      'applying',
      'applying',
      'verifying',
      'verifying',
      'verifying',
      'finished',
      'finished',
    ]);
  });

  test('what was learned on the way stays', () => {
    expect(hostAfter(WAY.length)).toMatchObject({
      summary: SUMMARY,
      notes: ['no boot guard', '10.0.0.1 answered'],
      transaction: TX,
      verdict: { verdict: 'confirm', reason: 'all as desired' },
      clock: clock(0.0001),
      source: 'PHC0',
      outcome: 'changed',
      problem: null,
      progress: '',
    });
  });

  test('the daemon that a proof saw takes the place of the one before the change', () => {
    const to = (daemon?: string) => [
      ...WAY.slice(0, -1),
      finished('web-01', 'changed', daemon === undefined ? {} : { daemon }),
    ];
    expect(stateOf(to('ntpsec 1.2.2')).hosts.get('web-01')?.summary).toEqual({ ...SUMMARY, daemon: 'ntpsec 1.2.2' });
    expect(stateOf(to()).hosts.get('web-01')?.summary).toEqual(SUMMARY);
  });

  test('a connection that broke off and was tried again leaves a note, once', () => {
    const retrying: EventBody = {
      type: 'host-retrying',
      host: 'web-01',
      problem: problem('transport/connection-lost', 'The connection ended during the SSH handshake.'),
    };
    const state = stateOf([runStarted('run', ['web-01']), retrying, retrying]);
    expect(state.hosts.get('web-01')?.notes).toEqual(['tried again: The connection ended during the SSH handshake.']);
  });

  test('progress says the step, then what the verification waits for', () => {
    expect(hostAfter(8)?.progress).toBe('change 1: file');
    expect(hostAfter(9)?.progress).toBe('');
    expect(hostAfter(10)?.progress).toBe('waiting for selected-source');
  });

  test('a verification without a measurement keeps the one before', () => {
    const blind: EventBody = { type: 'verify-attempt', host: 'web-01', attempt: 2, waitingFor: [], clock: null };
    expect(stateOf([...WAY.slice(0, 10), blind]).hosts.get('web-01')?.clock).toEqual(clock(0.01));
  });

  test('a problem of the preflight is kept until the host is finished', () => {
    const blocked = problem('internal/bug', 'no answer from 10.0.0.1');
    const preflight: EventBody = { type: 'host-preflight', host: 'web-01', notes: [], problem: blocked };
    const begun = [...WAY.slice(0, 4), preflight];
    expect(stateOf(begun).hosts.get('web-01')?.problem).toEqual(blocked);
    expect(stateOf([...begun, finished('web-01', 'changed')]).hosts.get('web-01')?.problem).toBeNull();
  });

  test('the other hosts are the same objects as before', () => {
    expect(hostAfter(WAY.length)).toBeDefined();
    const first = stateOf(WAY.slice(0, 1));
    const next = reduce(first, eventsOf(WAY)[1]!);
    expect(next.hosts.get('db-01')).toBe(first.hosts.get('db-01'));
    expect(first.hosts.get('web-01')?.stage).toBe('waiting');
  });
});

describe('events that should not come', () => {
  test('about a host that is not in the run: nothing changes', () => {
    const state = stateOf(WAY.slice(0, 1));
    expect(reduce(state, { ...eventsOf([STARTED])[0]!, host: 'stranger' } as Event)).toBe(state);
  });

  test('a late event does not take a finished host back', () => {
    const state = stateOf(WAY);
    for (const event of eventsOf(WAY.slice(0, 11))) {
      expect(reduce(state, event).hosts.get('web-01')).toEqual(state.hosts.get('web-01'));
    }
  });

  test('a late connecting does not take an approved host back', () => {
    expect(stateOf([...WAY.slice(0, 6), WAY[1]!]).hosts.get('web-01')?.stage).toBe('approved');
  });

  test('a second run-started does not empty the run', () => {
    const state = stateOf(WAY);
    expect(reduce(state, eventsOf(WAY)[0]!)).toBe(state);
  });

  test('without a run-started the run has no name and no hosts', () => {
    const state = stateOf([STARTED]);
    expect(state.run).toBe('');
    expect(state.hosts.size).toBe(0);
  });

  test('leaving is never weakened to finishing', () => {
    const how = (...steps: ('finish' | 'leave')[]) =>
      stateOf([WAY[0]!, ...steps.map((step): EventBody => ({ type: 'run-interrupted', how: step }))]).interrupted;
    expect(how('finish')).toBe('finish');
    expect(how('finish', 'leave')).toBe('leave');
    expect(how('leave', 'finish')).toBe('leave');
  });

  test('any events in any order never throw, and doubling each changes nothing', () => {
    const shuffled = fc.array(fc.nat(WAY.length - 1), { maxLength: 30 });
    fc.assert(
      fc.property(shuffled, (order) => {
        const events = order.map((index) => eventsOf(WAY)[index]!);
        const once = events.reduce<RunState | null>(reduce, null);
        const twice = events.flatMap((event) => [event, event]).reduce<RunState | null>(reduce, null);
        expect(plainly(twice)).toEqual(plainly(once));
      }),
    );
  });
});

test('a run of 10,000 hosts folds to 10,000 outcomes', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => `host-${index}`);
  const body = hosts.flatMap((host): EventBody[] => [
    { type: 'host-connecting', host },
    { type: 'host-probing', host },
    assessed(plan(host)),
    finished(host, 'in-sync'),
  ]);
  const events = eventsOf([runStarted('audit', hosts), ...body]);
  const state = events.reduce<RunState | null>(reduce, null);
  expect([...state!.hosts.values()].every((host) => host.outcome === 'in-sync')).toBe(true);
});

function plainly(state: RunState | null) {
  return state === null ? null : { ...state, hosts: [...state.hosts] };
}
