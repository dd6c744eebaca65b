import { describe, expect, it } from 'vitest';
import type { Event } from '#run/event.js';
import type { Transport } from '#transport/connection.js';
import { openRun } from '../../src/cli/open-run.js';

const nobody: Transport = {
  connect: () => Promise.reject(new Error('no host is contacted here')),
  close: () => Promise.resolve(),
};

describe('openRun', () => {
  it('tells a listener of every event, the start of the run first', async () => {
    const run = await openRun({
      kind: 'audit',
      hosts: ['web1'],
      inventory: 'inventory.yaml',
      of: null,
      transport: nobody,
      forks: 1,
      store: false,
    });
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
