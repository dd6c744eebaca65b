import { describe, expect, it } from 'vitest';
import { serialiseSnapshot } from '#snapshot/serialise-snapshot.js';
import { madeFile, madeRows } from '../fixtures/hosts.js';
import { snapshotOf } from '../fixtures/made/snapshot-of.js';

describe('the fixture hosts', () => {
  it.each(madeRows.map((row) => [row.row, row] as const))('are what the probe prints today: %s', async (name, row) => {
    const snapshot = snapshotOf(row);
    expect(snapshot.complete).toBe(true);
    await expect(serialiseSnapshot(snapshot)).toMatchFileSnapshot(madeFile(name).pathname);
  });
});
