import { describe, expect, it } from 'vitest';
import type { HostTransaction } from '#facts/facts.js';
import { unsettledOn } from '#plan/open-transactions.js';
import { makeFacts } from '../policy/make-facts.js';
import { MADE_HOSTS } from './made-hosts.js';

const made = MADE_HOSTS['debian12-plain'];
if (made === undefined) throw new Error('no made host');
const facts = makeFacts(made);

const open = (state: string, guard: HostTransaction['guard']['state'], leftSeconds: number | null = null) => ({
  id: 't1',
  state,
  who: 'anna@bastion1',
  run: 'r1',
  startedAt: '2026-11-22T10:00:00Z',
  guard: { state: guard, leftSeconds },
});
const kindOf = (...transactions: HostTransaction[]) =>
  unsettledOn({ ...facts, openTransactions: { value: transactions } }).kind;

describe('a change that was left open', () => {
  it.each([
    ['applied', 'armed', 'held'],
    ['applied', 'due', 'held'],
    ['applied', 'unknown', 'held'],
    ['reverting', 'none', 'held'],
    ['unreadable', 'none', 'held'],
    ['applied', 'none', 'abandoned'],
    ['armed', 'none', 'abandoned'],
    ['failed', 'none', 'abandoned'],
  ] as const)('in state %s with its guard %s is %s', (state, guard, kind) => {
    expect(kindOf(open(state, guard))).toBe(kind);
  });

  it('is held when one of several is', () => {
    expect(kindOf(open('applied', 'none'), open('applied', 'armed', 9))).toBe('held');
    expect(kindOf()).toBe('none');
  });

  it('is named with person, machine and the time its guard has left', () => {
    const unsettled = unsettledOn({ ...facts, openTransactions: { value: [open('applied', 'armed', 83)] } });
    expect(unsettled.kind === 'held' && unsettled.problem.detail).toBe(
      'Transaction t1 of anna@bastion1, begun 2026-11-22T10:00:00Z, is applied; its guard runs for 83 s more.',
    );
  });
});
