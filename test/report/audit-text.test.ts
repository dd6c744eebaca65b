import { describe, expect, test } from 'vitest';
import { auditText } from '#report/audit-text.js';
import { exitCode } from '#run/exit-code.js';
import type { RunState } from '#run/run-state.js';
import { assessed, clock, drift, fileChange, finished, plan, runStarted, stateOf } from '../run/made-run.js';
import { golden } from './golden.js';
import { allGood, lookedAt } from './made-fleet.js';

const PLAIN = { color: false, width: 100 };
const codeOf = (state: RunState) => exitCode(state, { failOn: 'medium', maxUnreachable: 0 });

describe('golden reports', () => {
  test('a fleet with everything in it', async () => {
    const state = lookedAt('audit');
    await expect(auditText(state, PLAIN)).toMatchFileSnapshot(golden('audit-fleet', codeOf(state), 'txt'));
  });

  test('the same on a narrow terminal', async () => {
    const state = lookedAt('audit');
    const text = auditText(state, { color: false, width: 60 });
    await expect(text).toMatchFileSnapshot(golden('audit-fleet-narrow', codeOf(state), 'txt'));
  });

  test('the same in colour', async () => {
    const state = lookedAt('audit');
    const text = auditText(state, { color: true, width: 100 });
    await expect(text).toMatchFileSnapshot(golden('audit-fleet-colour', codeOf(state), 'txt'));
  });

  test('a drift', async () => {
    const change = fileChange('/etc/chrony/chrony.conf', 'a\n', 'b\n');
    const host = plan('web-01', { findings: [drift(change)], changes: [change] });
    const state = stateOf([runStarted('audit', ['web-01']), assessed(host), finished('web-01', 'drifted')]);
    await expect(auditText(state, PLAIN)).toMatchFileSnapshot(golden('audit-drift', codeOf(state), 'txt'));
  });

  test('all in sync', async () => {
    const state = allGood('audit', 12);
    await expect(auditText(state, PLAIN)).toMatchFileSnapshot(golden('audit-in-sync', codeOf(state), 'txt'));
  });
});

test('only the colours differ between a report in colour and one without', () => {
  const state = lookedAt('audit');
  const colour = auditText(state, { color: true, width: 100 });
  expect(colour.replace(/\u001b\[\d+m/g, '')).toBe(auditText(state, PLAIN));
  expect(colour).not.toBe(auditText(state, PLAIN));
});

test('no line of a narrow report is wider than the terminal but for words that cannot be broken', () => {
  const wide = auditText(lookedAt('audit'), { color: false, width: 60 })
    .split('\n')
    .filter((line) => line.length > 60);
  expect(wide.filter((line) => !/https:|--limit|PHC0 +chrony/.test(line))).toEqual([]);
});

test('what a host sends never reaches the terminal raw', () => {
  const evil = 'a\u001b]0;owned\u0007\u202ebidi\r\nline';
  const change = fileChange(`/etc/${evil}`, 'a\n', 'b\n');
  const host = plan('web-01', {
    findings: [drift(change, { sentence: evil, rule: evil, evidence: [{ where: evil, text: evil }] })],
    changes: [change],
  });
  const summary = { os: evil, platform: evil, daemon: evil, source: evil };
  const problem = { code: 'internal/bug', summary: evil, detail: evil, hint: evil } as const;
  const state = stateOf([
    runStarted('audit', ['web-01', 'web-02']),
    assessed(host, { summary, notes: [evil] }),
    finished('web-01', 'drifted', { source: evil }),
    finished('web-02', 'failed', { problem }),
  ]);
  expect(auditText(state, PLAIN)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(auditText(state, PLAIN)).not.toMatch(/^line/m);
});

test('the host that is furthest off speaks for its group', () => {
  const hosts = ['a', 'b', 'c'];
  const change = fileChange('/etc/chrony.conf', 'a', 'b');
  const state = stateOf([
    runStarted('audit', hosts),
    ...hosts.map((host, index) =>
      assessed(plan(host, { findings: [drift(change)], changes: [change] }), { clock: clock([0.001, -3, 2][index]!) }),
    ),
    ...hosts.map((host) => finished(host, 'drifted')),
  ]);
  expect(auditText(state, PLAIN)).toContain('b, c, a (3 hosts)');
  expect(auditText(state, PLAIN)).toContain('-3.0000 … +2.0000 s ±1.2 ms');
});

test('a host that was never assessed is not called in sync', () => {
  const state = stateOf([runStarted('audit', ['a', 'b']), assessed(plan('a')), finished('a', 'in-sync')]);
  expect(auditText(state, PLAIN)).toContain('1 was not finished');
  expect(auditText(state, PLAIN)).not.toContain('All');
});

test('a clock of ours that is not synchronised is said before any offset', () => {
  const body = runStarted('audit', ['a']);
  if (body.type !== 'run-started') throw new Error('another event');
  const state = stateOf([{ ...body, operatorClock: { synchronised: false, detail: 'no daemon' } }]);
  expect(auditText(state, PLAIN).split('\n')[1]).toContain('is not synchronised (no daemon)');
});

test('10,000 equal hosts take few lines', () => {
  const state = allGood('audit', 10_000);
  const text = auditText(state, PLAIN);
  expect(text.split('\n').length).toBeLessThan(10);
});
