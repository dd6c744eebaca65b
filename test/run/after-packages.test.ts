import { describe, expect, test } from 'vitest';
import { hostsAfterPackages } from '#run/after-packages.js';
import type { EventBody } from '#run/event.js';
import { exitCode, graverExit } from '#run/exit-code.js';
import { assessed, fileChange, finished, plan, runStarted, stateOf } from './made-run.js';

const WORK = { host: 'a', work: 'r1.a' };
const came = (trouble: null | { readonly code: string } = null): readonly EventBody[] => [
  { type: 'packages-started', ...WORK, changes: [] },
  { type: 'packages-finished', ...WORK, problem: trouble as never },
];
const after = assessed(plan('a', { changes: [fileChange('/etc/chrony.conf', 'a\n', 'b\n')] }));
const state = (...bodies: readonly EventBody[]) => stateOf([runStarted('run', ['a', 'b']), ...bodies]);
const namesIn = (...bodies: readonly EventBody[]) => [...hostsAfterPackages(state(...bodies))];

describe('hosts whose changes come after their packages', () => {
  test('are those that got them and were left with a plan', () => {
    expect(namesIn(...came(), after, finished('a', 'drifted'))).toEqual(['a']);
  });

  test('are not those that need no change then, whose packages did not come, or that were changed already', () => {
    expect(namesIn(...came(), assessed(plan('a')), finished('a', 'drifted'))).toEqual([]);
    expect(namesIn(...came({ code: 'packages/failed' }), after, finished('a', 'drifted'))).toEqual([]);
    expect(namesIn(...came(), after, finished('a', 'changed'))).toEqual([]);
    expect(namesIn(after, finished('a', 'declined'))).toEqual([]);
  });

  test('are none once the run was interrupted', () => {
    const interrupted: EventBody = { type: 'run-interrupted', how: 'finish' };
    expect(namesIn(...came(), after, finished('a', 'drifted'), interrupted)).toEqual([]);
  });
});

describe('two runs that are told as one', () => {
  test('end with the graver code, whichever it was', () => {
    for (const [one, other, both] of [
      [0, 2, 2],
      [2, 0, 2],
      [3, 5, 5],
      [6, 3, 6],
      [0, 0, 0],
      [130, 0, 130],
    ] as const)
      expect(graverExit(one, other)).toBe(both);
  });

  test('count what was left for the second of them once', () => {
    const first = state(...came(), after, finished('a', 'drifted'), assessed(plan('b')), finished('b', 'in-sync'));
    const options = { failOn: 'never', maxUnreachable: 0 } as const;
    expect(exitCode(first, options)).toBe(2);
    const waiting = hostsAfterPackages(first);
    const others = new Map([...first.hosts].filter(([name]) => !waiting.has(name)));
    expect(exitCode({ ...first, hosts: others }, options)).toBe(0);
  });
});
