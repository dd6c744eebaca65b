import { inventoryText } from '#report/inventory-text.js';
import { loadFleet } from '../load-fleet.js';
import type { FleetOptions, PolicyOptions } from '../options.js';
import { lookOf, print } from '../output.js';

/** `tsync inventory`: the hosts that an inventory means, and which settings hold for each. Contacts nothing. */
export async function inventory(
  file: string,
  options: Pick<FleetOptions, 'limit'> & PolicyOptions & { readonly json?: boolean },
): Promise<number> {
  const { tasks, withoutPlay } = await loadFleet(file, { ...options, forks: 1 });
  const hosts = tasks.map(({ host, settings }) => ({
    host: host.name,
    address: host.connection.address,
    port: host.connection.port,
    user: host.connection.user,
    groups: host.groups,
    strategy: settings.settings.strategy,
    origins: settings.origins,
  }));
  print(
    options.json
      ? JSON.stringify({ schemaVersion: 1, hosts, withoutPlay }, null, 2)
      : inventoryText(hosts, withoutPlay, lookOf(process.stdout)),
  );
  return 0;
}
