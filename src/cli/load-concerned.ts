import type { HostTask } from '#engine/host-task.js';
import { TsyncError } from '#errors/tsync-error.js';
import { type Fleet, loadFleet } from './load-fleet.js';
import type { FleetOptions, PolicyOptions, RolloutOptions } from './options.js';

/** What a kept plan or run is about. */
export interface Concerned {
  /** Names of hosts. */
  readonly hosts: ReadonlySet<string>;
  /** The inventory of then, as it was named. */
  readonly inventory: string;
  /** For messages: `run 20261122-101530-4f2a91`, `the plan p.json`. */
  readonly by: string;
}

export interface ConcernedTasks {
  readonly tasks: readonly HostTask[];
  /** The inventory that they are of. */
  readonly inventory: string;
  readonly read: Fleet['read'];
}

/**
 * The hosts of a kept plan or run, found again in the inventory of then or in the one of --inventory. Throws `TsyncError` 64 where
 * one of them is not there: what is left out silently would count as done. With --limit only those that it names are asked for.
 */
export async function loadConcerned(
  { hosts, inventory: ofThen, by }: Concerned,
  options: FleetOptions & PolicyOptions & RolloutOptions & { readonly inventory?: string },
): Promise<ConcernedTasks> {
  const inventory = options.inventory ?? ofThen;
  if (options.inventory === undefined && ofThen === '-') {
    const detail = `Which hosts ${by} is about was read from standard input, and how they are reached.`;
    throw new TsyncError('usage/inventory-gone', detail, { exitCode: 64 });
  }
  const { tasks: all, read } = await loadFleet(inventory, options);
  const tasks = all.filter(({ host }) => hosts.has(host.name));
  const found = new Set(tasks.map(({ host }) => host.name));
  const gone = [...hosts].filter((host) => !found.has(host));
  if (gone.length > 0 && (options.limit === undefined || tasks.length === 0)) {
    const names = `${gone.slice(0, 10).join(', ')}${gone.length > 10 ? ` and ${gone.length - 10} more` : ''}`;
    const where = options.limit === undefined ? inventory : `${inventory} with --limit`;
    throw new TsyncError('usage/hosts-gone', `${where} does not have: ${names}, which ${by} is about.`, {
      exitCode: 64,
    });
  }
  return { tasks, inventory, read };
}
