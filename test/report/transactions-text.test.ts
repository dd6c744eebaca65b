import { describe, expect, it } from 'vitest';
import { problem } from '#errors/problem.js';
import type { HostTransaction } from '#facts/facts.js';
import { transactionsText } from '#report/transactions-text.js';
import type { Event, EventBody } from '#run/event.js';
import { exitCode } from '#run/exit-code.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';

const plain = { color: false, width: 100 };

function transaction(over: Partial<HostTransaction>): HostTransaction {
  return {
    id: '20261122-100000-aaaaaa.web1',
    state: 'applied',
    who: 'anna@bastion1',
    run: '20261122-100000-aaaaaa',
    startedAt: '2026-11-22T10:00:00.000Z',
    guard: { state: 'armed', leftSeconds: 83 },
    ...over,
  };
}

function stateAfter(...bodies: readonly EventBody[]): RunState {
  const started: EventBody = {
    type: 'run-started',
    kind: 'guard',
    run: 'r',
    hosts: ['web1', 'web2'],
    who: 'ben@bastion2',
    version: '0.1.0',
    inventory: 'inventory.yaml',
    operatorClock: { synchronised: true, detail: 'chronyd' },
    of: null,
  };
  const events = [started, ...bodies].map(
    (body, index): Event => ({ ...body, at: '2026-11-22T10:00:00.000Z', sequence: index + 1 }),
  );
  return events.reduce<RunState | null>(reduce, null) as RunState;
}

const seen = (host: string, ...transactions: HostTransaction[]): EventBody => ({
  type: 'transactions-seen',
  host,
  transactions,
});
const ended = (host: string, outcome: 'drifted' | 'in-sync' | 'unreachable' | 'guard-unknown'): EventBody => ({
  type: 'host-finished',
  host,
  outcome,
  problem: outcome === 'unreachable' ? problem('transport/unreachable', 'No.') : null,
  clock: null,
  source: null,
});

describe('the list of open transactions', () => {
  it('says whose each is, since when, and when its guard comes', () => {
    const state = stateAfter(
      seen('web1', transaction({}), transaction({ id: 'old', state: 'confirmed' })),
      seen('web2', transaction({ id: 't2', guard: { state: 'none', leftSeconds: null } })),
      ended('web1', 'drifted'),
      ended('web2', 'drifted'),
    );
    expect(transactionsText(state, plain)).toBe(
      `2 open transactions on 2 hosts; 2 of 2 hosts answered.

HOST  STATE    GUARD                       SINCE (UTC)          BY             TRANSACTION
web1  applied  reverts in 83 s             2026-11-22 10:00:00  anna@bastion1  20261122-100000-aaaaaa.web1
web2  applied  none: nobody takes it back  2026-11-22 10:00:00  anna@bastion1  t2
`,
    );
    expect(exitCode(state, { failOn: 'never', maxUnreachable: 0 })).toBe(2);
  });

  it('never calls a host fine that was not reached', () => {
    const state = stateAfter(seen('web1'), ended('web1', 'in-sync'), ended('web2', 'unreachable'));
    const text = transactionsText(state, plain);
    expect(text).toContain('No open transaction on 1 of 2 hosts.');
    expect(text).toContain('nothing is known of them: 1 host');
    expect(exitCode(state, { failOn: 'never', maxUnreachable: 0 })).toBe(4);
  });

  it('sends a person to a host whose undo failed', () => {
    const state = stateAfter(
      seen('web1', transaction({ state: 'failed', guard: { state: 'none', leftSeconds: null } })),
      seen('web2'),
      ended('web1', 'guard-unknown'),
      ended('web2', 'in-sync'),
    );
    expect(transactionsText(state, plain)).toContain('its undo failed: look at the host');
    expect(exitCode(state, { failOn: 'never', maxUnreachable: 0 })).toBe(6);
  });

  it('shows nothing raw of what a host sent', () => {
    const state = stateAfter(seen('web1', transaction({ who: 'a\u001b[31m', state: '\u202ex' })), seen('web2'));
    expect(transactionsText(state, plain)).not.toMatch(/[\u001b\u202e]/);
  });
});
