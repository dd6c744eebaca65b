import type { HostTransaction } from '#facts/facts.js';
import { isOpen } from '#facts/transactions.js';
import type { RunState } from './run-state.js';

/** One transaction with the host it lies on. */
export interface Placed {
  readonly host: string;
  readonly transaction: HostTransaction;
}

/** Every transaction that a run saw, finished or not, by host. */
export function seenTransactions(state: RunState): readonly Placed[] {
  return [...state.hosts.values()].flatMap(({ host, transactions }) =>
    (transactions ?? []).map((transaction) => ({ host, transaction })),
  );
}

/** Those of them that are neither confirmed nor reverted. */
export function openTransactions(state: RunState): readonly Placed[] {
  return seenTransactions(state).filter(({ transaction }) => isOpen(transaction));
}

/** Whether `name` is this transaction or the run that it belongs to. */
export function isNamed({ id, run }: HostTransaction, name: string): boolean {
  return id === name || run === name;
}
