import { inventoryText } from '#report/inventory-text.js';
import { loadFleet } from '../load-fleet.js';
import type { FleetOptions, OutputOptions, PolicyOptions } from '../options.js';
import { printDocument } from '../output.js';

/** `tsync inventory`: the hosts that an inventory means, and which settings hold for each. Contacts nothing. */
export async function inventory(
  file: string,
  options: Pick<FleetOptions, 'limit'> & PolicyOptions & OutputOptions,
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
  printDocument(options, { hosts, withoutPlay }, (drawing) => inventoryText(hosts, withoutPlay, drawing));
  return 0;
}
