import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Concerned, loadConcerned } from '#cli/load-concerned.js';
import type { TsyncError } from '#errors/tsync-error.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-concerned-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inventory = join(folder, 'inventory.yaml');
writeFileSync(inventory, 'all: {hosts: {a: , b: , c: }}\n');

const about = (hosts: readonly string[], ofThen = inventory): Concerned => ({
  hosts: new Set(hosts),
  inventory: ofThen,
  by: 'run r1',
});

async function refusal(concerned: Concerned, options: { readonly limit?: string; readonly inventory?: string } = {}) {
  return loadConcerned(concerned, { forks: 1, ...options }).then(
    ({ tasks }) => tasks.map(({ host }) => host.name),
    ({ problem, exitCode }: TsyncError) => [problem.code, exitCode, problem.detail],
  );
}

describe('the hosts of a kept plan or run', () => {
  it('are found again, in the order of the inventory, and no others', async () => {
    expect(await refusal(about(['c', 'a']))).toEqual(['a', 'c']);
    expect(await refusal(about([]))).toEqual([]);
  });

  it('are refused where one of them is not in the inventory: what is left out would count as done', async () => {
    expect(await refusal(about(['a', 'x', 'y']))).toEqual([
      'usage/hosts-gone',
      64,
      `${inventory} does not have: x, y, which run r1 is about.`,
    ]);
  });

  it('are only those that --limit names, which must be one at least', async () => {
    expect(await refusal(about(['a', 'x']), { limit: 'a,b' })).toEqual(['a']);
    expect(await refusal(about(['a', 'x']), { limit: 'b' })).toContain('usage/hosts-gone');
  });

  it('are not looked for on standard input a second time', async () => {
    expect(await refusal(about(['a'], '-'))).toContain('usage/inventory-gone');
    expect(await refusal(about(['a'], '-'), { inventory })).toEqual(['a']);
  });
});
