import type { Event, EventBody } from '#run/event.js';

/** A run with one `apply-started` after the other, as many events as wanted: each must be on the disk at once. */
export function* applyEvents(run: string, count: number): Generator<Event> {
  const at = '2026-11-22T10:00:00.000Z';
  for (let sequence = 1; sequence <= count; sequence++) {
    const body: EventBody = sequence === 1 ? started(run) : begun(sequence);
    yield { ...body, at, sequence };
  }
}

function started(run: string): EventBody {
  return {
    type: 'run-started',
    kind: 'apply',
    run,
    hosts: ['web-01'],
    who: 'ada',
    version: '0.1.0',
    inventory: 'inventory.yaml',
    operatorClock: { synchronised: true, detail: 'chronyd' },
    of: null,
  };
}

function begun(sequence: number): EventBody {
  return { type: 'apply-started', host: 'web-01', transaction: `t-${sequence}`, planDigest: 'd', guardSeconds: 240 };
}
