import type { SettingsLayer } from '#inventory/host.js';
import type { Inventory } from '#inventory/inventory.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { loadFiles } from './load-files.js';
import { readText, sourceName } from './read-text.js';

/**
 * Reads an inventory file, or standard input for `-`, and checks the settings in it (the schema is loaded only when there are
 * some). Throws `TsyncError` 65.
 */
export async function readInventory(path: string): Promise<Inventory> {
  const inventory = parseInventory(await readText(path), sourceName(path));
  const layers = new Map<SettingsLayer['values'], SettingsLayer>();
  for (const host of inventory.hosts.values()) for (const layer of host.settings) layers.set(layer.values, layer);
  if (layers.size > 0) {
    const { checkSettingsLayer } = await import('#playbook/settings-layer.js');
    for (const layer of layers.values()) checkSettingsLayer(layer);
    return withFiles(inventory, layers);
  }
  return inventory;
}

/** The files that resources in it name as `src`, each read once. */
async function withFiles(
  inventory: Inventory,
  layers: ReadonlyMap<SettingsLayer['values'], SettingsLayer>,
): Promise<Inventory> {
  const loaded = new Map<SettingsLayer['values'], SettingsLayer>();
  for (const [values, layer] of layers) {
    const full = await loadFiles(layer, inventory.file);
    if (full !== layer) loaded.set(values, full);
  }
  if (loaded.size === 0) return inventory;
  const hosts = [...inventory.hosts].map(
    ([name, host]) =>
      [
        name,
        {
          ...host,
          settings: host.settings.map((layer) => ({
            ...layer,
            values: loaded.get(layer.values)?.values ?? layer.values,
          })),
        },
      ] as const,
  );
  return { ...inventory, hosts: new Map(hosts) };
}
