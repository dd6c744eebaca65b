import { expect, test } from 'vitest';
import { historyText } from '#report/history-text.js';
import type { RunRecord } from '#run/run-record.js';
import { golden } from './golden.js';

const RUN: RunRecord = {
  run: '20261122T100000-k3f9',
  kind: 'run',
  who: 'ada@bastion',
  version: '0.1.0',
  inventory: 'inventory.yaml',
  of: null,
  hosts: 14,
  touched: 3,
  startedAt: '2026-11-22T10:00:00.000Z',
  end: { state: 'finished', at: '2026-11-22T10:01:00.000Z', exitCode: 5 },
};

test('runs are a table with how they ended', async () => {
  const runs: RunRecord[] = [
    {
      ...RUN,
      run: '20261122T113000-p2aa',
      kind: 'rollback',
      of: RUN.run,
      touched: 1,
      hosts: 1,
      end: { state: 'running' },
    },
    {
      ...RUN,
      run: '20261122T110000-zz01',
      kind: 'audit',
      touched: 0,
      who: '日本\u001b[31m',
      end: { state: 'interrupted' },
    },
    RUN,
  ];
  await expect(historyText(runs, { color: false, width: 100 })).toMatchFileSnapshot(golden('history', 0, 'txt'));
});

test('no runs are said in words', () => {
  expect(historyText([], { color: false, width: 100 })).toBe('No run is stored yet.\n');
});
