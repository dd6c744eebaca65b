import { type Problem, problem } from '#errors/problem.js';
import type { Facts, HostTransaction } from '#facts/facts.js';

/** What a run does about changes that an earlier one left open on a host: docs/decisions/abandoned-transactions.md. */
export type Unsettled =
  | { readonly kind: 'none' }
  /** Somebody may still be at work, or a guard will do it: nothing is touched. */
  | { readonly kind: 'held'; readonly problem: Problem }
  /** No guard of any of them runs, so nobody else will settle them: they are taken back first. */
  | { readonly kind: 'abandoned'; readonly transactions: readonly HostTransaction[]; readonly problem: Problem };

/** Looks at the transactions that the probe saw; what is not known to be abandoned is held. */
export function unsettledOn({ openTransactions, place }: Facts): Unsettled {
  if (openTransactions.value === null && place === 'image')
    return { kind: 'held', problem: problem('policy/open-transaction', `${openTransactions.reason}.`) };
  const open = openTransactions.value ?? [];
  const [first] = open;
  if (first === undefined) return { kind: 'none' };
  const held = open.find((one) => !isAbandoned(one) && !(place === 'image' && isLeftInImage(one)));
  if (held !== undefined) return { kind: 'held', problem: openProblem(held) };
  return { kind: 'abandoned', transactions: open, problem: openProblem(first) };
}

function isAbandoned({ state, guard }: HostTransaction): boolean {
  return guard.state === 'none' && (state === 'armed' || state === 'applied' || state === 'failed');
}

/** No undo of an image goes on without the tsync that began it. */
function isLeftInImage({ state }: HostTransaction): boolean {
  return state === 'reverting' || state === 'lost';
}

function openProblem({ id, state, who, startedAt, guard }: HostTransaction): Problem {
  const left = guard.leftSeconds === null ? '' : ` for ${guard.leftSeconds} s more`;
  const guarded = guard.state === 'none' ? 'no guard of it runs' : `its guard runs${left}`;
  return problem(
    'policy/open-transaction',
    `Transaction ${id} of ${who}, begun ${startedAt}, is ${state}; ${guarded}.`,
  );
}
