import { buildGroupTree } from './group-tree.js';
import type { Host } from './host.js';
import { HostBuilder } from './host-builder.js';
import type { Inventory } from './inventory.js';
import { type Drafts, readGroups } from './read-groups.js';
import { readYaml } from './read-yaml.js';

/**
 * Reads an inventory in the shape of Ansible's YAML inventories. `file` is only named in messages and origins.
 * Throws `TsyncError` with exit code 65 and the place of the mistake.
 */
export function parseInventory(text: string, file: string): Inventory {
  const drafts = readGroups(readYaml(text, file));
  const builder = new HostBuilder(drafts, buildGroupTree(drafts));
  const hosts = new Map<string, Host>();
  for (const draft of drafts.hosts.values()) hosts.set(draft.name, builder.host(draft));
  return { file, hosts, groups: membersOf(drafts, hosts) };
}

function membersOf(drafts: Drafts, hosts: ReadonlyMap<string, Host>): Inventory['groups'] {
  const members = new Map<string, string[]>();
  for (const name of drafts.groups.keys()) members.set(name, []);
  for (const host of hosts.values()) for (const group of host.groups) members.get(group)!.push(host.name);
  return members;
}
