import { describe, expect, it } from 'vitest';
import type { EventBody } from '#run/event.js';
import { resumptionOf } from '#run/resumption.js';
import { assessed, eventsOf, finished, plan, runStarted } from './made-run.js';

const approved = (host: string, planDigest = `plan-${host}`): EventBody => ({
  type: 'host-approved',
  host,
  planDigest,
  by: '--yes',
});
const begun = (host: string): EventBody => ({
  type: 'apply-started',
  host,
  transaction: `t.${host}`,
  planDigest: `plan-${host}`,
  guardSeconds: 240,
});
const HOSTS = ['a', 'b', 'c', 'd'];
const start = [runStarted('run', HOSTS), ...HOSTS.map((host) => assessed(plan(host)))];

/** What is left after these events, as names. */
function leftAfter(...bodies: EventBody[]) {
  const left = resumptionOf(eventsOf([...start, ...bodies]));
  return [left?.inFlight.map(({ host }) => host), left?.waiting.map(({ host }) => host)];
}

describe('what a run left to do', () => {
  it('is what was begun without an end, and what was approved and not begun', () => {
    expect(leftAfter(...HOSTS.map((host) => approved(host)), begun('a'), begun('b'), finished('a', 'changed'))).toEqual(
      [['b'], ['c', 'd']],
    );
  });

  it('is nothing that nobody approved', () => {
    expect(leftAfter()).toEqual([[], []]);
    expect(leftAfter(approved('a'), finished('b', 'declined'), finished('c', 'drifted'))).toEqual([[], ['a']]);
  });

  it('is nothing of an approval that was for another plan', () => {
    expect(leftAfter(approved('a', 'another'))).toEqual([[], []]);
  });

  it('is what a stopped rollout skipped, and where the guard was lost sight of', () => {
    const skipped = [
      approved('a'),
      approved('b'),
      finished('a', 'skipped'),
      begun('b'),
      finished('b', 'guard-unknown'),
    ];
    expect(leftAfter(...skipped)).toEqual([['b'], ['a']]);
  });

  it('is nothing that came to an end, whatever end', () => {
    for (const outcome of ['changed', 'reverted', 'failed', 'stale'] as const) {
      expect(leftAfter(approved('a'), begun('a'), finished('a', outcome))).toEqual([[], []]);
    }
  });

  it('keeps the transaction and its guard, and is null without a beginning', () => {
    const left = resumptionOf(eventsOf([...start, approved('a'), begun('a')]));
    expect(left?.inFlight[0]).toMatchObject({ transaction: 't.a', guardSeconds: 240, plan: { planDigest: 'plan-a' } });
    expect(resumptionOf(eventsOf([approved('a')]))).toBeNull();
    expect(resumptionOf([])).toBeNull();
  });

  it('knows of each host in flight whether it had said that its guard was armed', () => {
    const step = (host: string, id: string, detail: string): EventBody => ({
      type: 'apply-step',
      host,
      transaction: `t.${host}`,
      step: id,
      detail,
    });
    const left = resumptionOf(
      eventsOf([
        ...start,
        ...HOSTS.map((host) => begun(host)),
        step('a', 'precheck', 'ok'),
        step('b', 'guard', 'armed'),
        step('c', 'guard', 'failed:it could not be armed'),
        { type: 'host-applied', host: 'd', transaction: 't.d' },
      ]),
    );
    expect(left?.inFlight.map(({ begun: isBegun }) => isBegun)).toEqual([false, true, false, true]);
  });
});
