import { describe, expect, test } from 'vitest';
import type { Finding } from '#plan/plan.js';
import { planText } from '#report/plan-text.js';
import type { EventBody } from '#run/event.js';
import { exitCode } from '#run/exit-code.js';
import { assessed, drift, fileChange, finished, plan, runStarted, stateOf, violation } from '../run/made-run.js';
import { golden } from './golden.js';
import { allGood, lookedAt } from './made-fleet.js';

const PLAIN = { color: false, width: 100 };
const OPTIONS = { failOn: 'medium', maxUnreachable: 0 } as const;

describe('golden plans', () => {
  const cases = [
    ['plan-fleet', lookedAt('plan'), PLAIN],
    ['plan-fleet-colour', lookedAt('plan'), { color: true, width: 100 }],
    ['plan-in-sync', allGood('plan'), PLAIN],
  ] as const;
  test.each(cases)('%s', async (name, state, drawing) => {
    await expect(planText(state, drawing)).toMatchFileSnapshot(golden(name, exitCode(state, OPTIONS), 'txt'));
  });
});

test('every change of every group is shown whole', () => {
  const text = planText(lookedAt('plan'), PLAIN);
  expect(text).toContain('+refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2');
  expect(text).toContain('-makestep 1 3');
  expect(text).toContain('restart chrony.service: about 25 s without sync, and the clock may step');
});

test('a host whose finding no change answers is not among those that need no change', () => {
  const off = plan('a', { findings: [violation(5, 0.1)] });
  const state = stateOf([runStarted('plan', ['a']), assessed(off), finished('a', 'in-sync')]);
  const text = planText(state, PLAIN);
  expect(text).toContain('Findings that no change answers: 1 host');
  expect(text).not.toContain('No change needed');
  expect(text).not.toContain('all 1');
});

test('what a file holds never reaches the terminal raw', () => {
  const evil = 'server a\u001b[2J\u202e\u009b31m\r\n';
  const change = fileChange('/etc/a\u001b[31m', evil, `${evil}x\n`);
  const findings: Finding[] = [drift(change)];
  const state = stateOf([
    runStarted('plan', ['a']),
    assessed(plan('a', { findings, changes: [change] })),
    finished('a', 'drifted'),
  ]);
  expect(planText(state, PLAIN)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('10,000 hosts with the same plan are one group', () => {
  const change = fileChange('/etc/chrony.conf', 'a\n', 'b\n');
  const hosts = Array.from({ length: 10_000 }, (_, index) => `host-${index}`);
  const state = stateOf([
    runStarted('plan', hosts),
    ...hosts.map((host) => assessed(plan(host, { findings: [drift(change)], changes: [change], foldKey: 'same' }))),
    ...hosts.map((host) => finished(host, 'drifted')),
  ]);
  const text = planText(state, PLAIN);
  expect(text).toContain('(10000 hosts)');
  expect(text.split('\n').length).toBeLessThan(40);
});

test('a rule that asks for several changes gives its reason once', () => {
  const changes = [fileChange('/etc/a', null, 'a\n'), fileChange('/etc/b', null, 'b\n')];
  const host = plan('a', { findings: changes.map((change) => drift(change)), changes });
  const state = stateOf([runStarted('plan', ['a']), assessed(host), finished('a', 'drifted')]);
  expect(planText(state, PLAIN).split('refclock-missing')).toHaveLength(2);
});

test.each([
  ['plan', /^Next: tsync run inventory.yaml --playbook 'my play.yaml' --strategy ntp-only\n/m],
  ['rollback', /^Next: tsync rollback 20261122-101500-aaaaaa --inventory inventory.yaml\n/m],
  ['apply', /^(?!(?:.|\n)*Next:)/],
] as const)('what a %s would change is made by the command that is named at its end', (kind, wanted) => {
  const change = fileChange('/etc/chrony.conf', 'a\n', 'b\n');
  const plans = plan('a', { findings: [drift(change)], changes: [change] });
  const asked = { playbook: 'my play.yaml', strategy: 'ntp-only', confirmTimeout: null };
  const started = { ...runStarted(kind, ['a'], '20261122-101500-aaaaaa'), asked } as EventBody;
  const state = stateOf([started, assessed(plans), finished('a', 'drifted')]);
  expect(planText(state, PLAIN)).toMatch(wanted);
});
