import type { SettingsLayer } from '#inventory/host.js';
import type { Inventory } from '#inventory/inventory.js';
import { parseInventory } from '#inventory/parse-inventory.js';
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
    const { checkSettingsLayer } = await import('#policy/settings-layer.js');
    for (const layer of layers.values()) checkSettingsLayer(layer);
  }
  return inventory;
}
