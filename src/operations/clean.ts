import { finishHost } from '#engine/finish-host.js';
import { listFleet, type Tending, tendFleet } from '#engine/tend-transactions.js';
import { isOpen } from '#facts/transactions.js';
import type { Surplus } from '#report/cleaning-text.js';
import { expired, type Retention } from '#run/retention.js';
import type { RunState } from '#run/run-state.js';
import type { Session } from './session.js';

export interface CleanOptions {
  readonly retention: Retention;
  /** Also what holds copies of what somebody else wrote. */
  readonly found: boolean;
  /** Asked once it is known what would go, which is one transaction at least. */
  readonly agree: (surplus: readonly Surplus[]) => Promise<boolean>;
}

/** Takes away what finished transactions left on hosts; what is open stays. Gives what would go and was not agreed to. */
export async function clean(
  { tasks, deps, state }: Session,
  { retention, found, agree }: CleanOptions,
): Promise<readonly Surplus[]> {
  await listFleet(tasks, deps);
  const surplus = surplusIn(state(), retention, found, deps.clock.nowSeconds());
  const isAgreed = surplus.length > 0 && (await agree(surplus));
  if (isAgreed) {
    const items = tasks.map((task) => ({ task, tendings: tendingsOn(task.host.name, surplus, found) }));
    await tendFleet(
      items.filter(({ tendings }) => tendings.length > 0),
      deps,
    );
  }
  const withSurplus = new Set(surplus.map(({ host }) => host));
  for (const { host, outcome } of state().hosts.values())
    if (outcome === null) finishHost(host, { outcome: withSurplus.has(host) ? 'declined' : 'in-sync' }, deps);
  return isAgreed ? [] : surplus;
}

/** What holds copies of what somebody else wrote is neither counted nor gone, unless it is asked for. */
function surplusIn(state: RunState, retention: Retention, found: boolean, now: number): readonly Surplus[] {
  return [...state.hosts.values()].flatMap(({ host, transactions }) => {
    const finished = (transactions ?? []).filter((one) => !isOpen(one) && (found || one.found === undefined));
    const gone = expired(finished, retention, now);
    return gone.length === 0 ? [] : [{ host, transactions: gone }];
  });
}

function tendingsOn(host: string, surplus: readonly Surplus[], found: boolean): readonly Tending[] {
  return surplus
    .filter((one) => one.host === host)
    .flatMap(({ transactions }) => transactions.map(({ id }): Tending => ({ kind: 'clean', transaction: id, found })));
}
