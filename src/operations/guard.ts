import { finishHost, type HostEnd } from '#engine/finish-host.js';
import { listFleet, type Tending, tendFleet } from '#engine/tend-transactions.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { isNamed, openTransactions, type Placed, seenTransactions } from '#run/open-transactions.js';
import type { RunState } from '#run/run-state.js';
import type { Session } from './session.js';

/** What a person wants done to open transactions. */
export type GuardRequest =
  | { readonly kind: 'confirm' | 'revert' }
  | { readonly kind: 'extend'; readonly seconds: number };

export interface GuardOptions {
  /** Null: they are only listed. */
  readonly request: GuardRequest | null;
  /** The id of one transaction, or the run that left them. Null: all that are open. */
  readonly name: string | null;
  /** Asked once it is known which transactions are meant, which are one at least. */
  readonly agree: (kind: GuardRequest['kind'], meant: readonly Placed[]) => Promise<boolean>;
}

/** Lists the transactions of a fleet, as the hosts tell of them, and settles the open ones where that was asked for and agreed to. */
export async function guard(session: Session, { request, name, agree }: GuardOptions): Promise<void> {
  const { tasks, deps, state } = session;
  await listFleet(tasks, deps);
  const meant = transactionsMeant(state(), name);
  if (request !== null && meant.length > 0 && (await agree(request.kind, meant))) {
    const items = tasks.map((task) => ({ task, tendings: tendingsOn(task.host.name, meant, request) }));
    await tendFleet(
      items.filter(({ tendings }) => tendings.length > 0),
      deps,
    );
  }
  const missing = request !== null && meant.length === 0 ? name : null;
  for (const { host, outcome } of state().hosts.values())
    if (outcome === null) finishHost(host, endOfListed(state(), host, missing), deps);
}

/** All that are open; or what is named, whatever became of it, so that a request that comes too late is answered. */
function transactionsMeant(state: RunState, name: string | null): readonly Placed[] {
  if (name === null) return openTransactions(state);
  return seenTransactions(state).filter(({ transaction }) => isNamed(transaction, name));
}

function tendingsOn(host: string, meant: readonly Placed[], request: GuardRequest): readonly Tending[] {
  return meant
    .filter((placed) => placed.host === host)
    .map(({ transaction }) => ({ ...request, transaction: transaction.id }));
}

/** Of a host on which nothing was done: nothing is open, something is, or a person must look. `missing`: it was named, and is not there. */
function endOfListed(state: RunState, host: string, missing: string | null): HostEnd {
  const open = openTransactions(state).filter((placed) => placed.host === host);
  const failed = open.find(({ transaction }) => transaction.state === 'failed');
  if (failed !== undefined) {
    const detail = `The undo of ${failed.transaction.id} did not restore everything.`;
    return { outcome: 'guard-unknown', problem: problem('apply/undo-failed', detail) };
  }
  if (missing !== null) {
    const detail = `It knows no transaction and no run ${printable(missing)}.`;
    return { outcome: 'failed', problem: problem('guard/refused', detail) };
  }
  return { outcome: open.length === 0 ? 'in-sync' : 'drifted' };
}
