import { describe, expect, test } from 'vitest';
import { runJson } from '#report/run-json.js';
import { showText } from '#report/show-text.js';
import { nextCommands, summaryText } from '#report/summary-text.js';
import type { EventBody } from '#run/event.js';
import { exitCode } from '#run/exit-code.js';
import { assessed, fileChange, finished, plan, runStarted, stateOf, violation } from '../run/made-run.js';
import { golden } from './golden.js';
import { allGood, changed, driftedPlan, lookedAt } from './made-fleet.js';

const PLAIN = { color: false, width: 100 };
const OPTIONS = { failOn: 'medium', maxUnreachable: 0 } as const;

describe('golden summaries', () => {
  const rollback = stateOf([
    runStarted('rollback', ['web-04', 'web-05'], '20261122T100000-k3f9'),
    assessed(driftedPlan('web-04')),
    assessed(plan('web-05')),
    finished('web-04', 'changed', { source: '10.77.0.1' }),
    finished('web-05', 'in-sync'),
    { type: 'run-finished', exitCode: 0 },
  ]);
  const interrupted = stateOf([
    runStarted('run', ['web-04', 'web-05']),
    assessed(driftedPlan('web-04')),
    { type: 'run-interrupted', how: 'finish' },
    finished('web-04', 'changed'),
  ]);
  const cases = [
    ['run-everything', changed()],
    ['run-in-sync', allGood('run')],
    ['rollback', rollback],
    ['run-interrupted', interrupted],
  ] as const;
  test.each(cases)('%s', async (name, state) => {
    await expect(summaryText(state, PLAIN)).toMatchFileSnapshot(golden(name, exitCode(state, OPTIONS), 'txt'));
  });
});

test('a stored run is shown with who, when, how it ended, and what was begun', async () => {
  await expect(showText(changed(), PLAIN)).toMatchFileSnapshot(golden('show-run', 6, 'txt'));
  await expect(showText(lookedAt('audit'), PLAIN)).toMatchFileSnapshot(golden('show-audit', 3, 'txt'));
});

test('a run without an end is not shown as finished', () => {
  const state = stateOf([runStarted('run', ['a']), assessed(plan('a'))]);
  expect(showText(state, PLAIN)).toContain('its end is not recorded');
  expect(summaryText(state, PLAIN)).toContain('0 of 1 host done');
});

test('the next command after a change is its rollback, after a rollback it is not', () => {
  const commandsOf = (kind: 'run' | 'rollback') =>
    nextCommands(stateOf([runStarted(kind, ['a']), assessed(plan('a')), finished('a', 'changed')])).map(
      ({ words }) => words[1],
    );
  expect(commandsOf('run')).toEqual(['rollback', 'show']);
  expect(commandsOf('rollback')).toEqual(['show']);
});

test('the next command asks for what the run asked for', () => {
  const asked = { playbook: 'my play.yaml', strategy: null, confirmTimeout: null };
  const left = plan('a', { changes: [fileChange('/etc/chrony.conf', 'a\n', 'b\n')] });
  const bodies = (kind: 'run' | 'audit') => [
    { ...runStarted(kind, ['a', 'b']), asked } as EventBody,
    assessed(left),
    finished('a', 'drifted'),
    finished('b', 'unreachable'),
  ];
  expect(summaryText(stateOf(bodies('run')), PLAIN)).toContain(
    "Next: tsync run inventory.yaml --playbook 'my play.yaml'",
  );
  const audited = summaryText(stateOf(bodies('audit')), PLAIN);
  expect(audited).toContain("Next: tsync run inventory.yaml --playbook 'my play.yaml'");
  expect(audited).toContain("tsync audit inventory.yaml --playbook 'my play.yaml' --limit b");
});

test('every host is named in the summary', () => {
  const state = changed();
  const text = summaryText(state, PLAIN);
  expect([...state.hosts.keys()].filter((host) => !text.includes(host))).toEqual([]);
});

test('a host that needs no change and whose clock is off is not called in sync', () => {
  const off = plan('a', { findings: [violation(5, 0.1)] });
  const text = summaryText(stateOf([runStarted('run', ['a']), assessed(off), finished('a', 'drifted')]), PLAIN);
  expect(text).toContain('0 already in sync; 1 with findings that no change answers');
  expect(text).toContain('clock-offset');
  expect(text).not.toContain('In sync before');
});

test('what somebody else wrote meanwhile is named in the summary with its copy and how to merge it, and in the document', () => {
  const [path, copy] = ['/etc/chrony/chrony.conf', '/var/lib/tsync/tx/t1/backup/2.found'];
  const kept: EventBody = { type: 'found-kept', host: 'web-04', transaction: 't1', path, copy };
  const state = stateOf([
    runStarted('run', ['web-04', 'web-05']),
    assessed(driftedPlan('web-04')),
    kept,
    kept,
    finished('web-04', 'reverted'),
    finished('web-05', 'in-sync'),
  ]);
  const text = summaryText(state, PLAIN);
  expect(text).toContain('Written by somebody else meanwhile, and kept aside: 1 host');
  expect(text).toContain(`${path}, kept as ${copy}`);
  expect(text).toContain('diff FILE COPY');
  const { hosts } = JSON.parse(runJson(state)) as { hosts: { found?: unknown }[] };
  expect(hosts.map(({ found }) => found)).toEqual([[{ path, copy }], undefined]);
});
