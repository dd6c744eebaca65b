import { describe, expect, it } from 'vitest';
import { parseInventory } from '#inventory/parse-inventory.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import type { Event } from '#run/event.js';
import { openRun } from '../../src/cli/open-run.js';

const inventory = parseInventory('all: {hosts: {web1: {}}}', 'inventory.yaml');
const tasks = [...inventory.hosts.values()].map((host) => ({
  host,
  settings: resolveSettings(host, inventory, null, null)!,
}));

describe('openRun', () => {
  it('tells a listener of every event, the start of the run first', async () => {
    const run = await openRun({ kind: 'audit', tasks, inventory: 'inventory.yaml', store: false }, { forks: 1 });
    const heard: Event[] = [];
    run.subscribe((event) => heard.push(event));
    run.deps.emit({ type: 'host-connecting', host: 'web1' });
    await run.finish({ failOn: 'never', maxUnreachable: 0 });
    expect(heard.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 run-started',
      '2 host-connecting',
      '3 run-finished',
    ]);
    expect(heard[0]).toMatchObject({ kind: 'audit', run: run.run, hosts: ['web1'] });
  });
});
