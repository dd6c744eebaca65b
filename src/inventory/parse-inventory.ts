import { createHash } from 'node:crypto';
import { TsyncError } from '#errors/tsync-error.js';
import { buildGroupTree } from './group-tree.js';
import type { Host } from './host.js';
import { HostBuilder } from './host-builder.js';
import type { Inventory } from './inventory.js';
import { otherKind } from './other-kind.js';
import { type Drafts, readGroups } from './read-groups.js';
import { readYaml } from './read-yaml.js';

/**
 * Reads an inventory in the shape of Ansible's YAML inventories. `file` is only named in messages and origins.
 * Throws `TsyncError` with exit code 65 and the place of the mistake.
 */
export function parseInventory(text: string, file: string): Inventory {
  const drafts = readDrafts(text, file);
  const builder = new HostBuilder(drafts, buildGroupTree(drafts));
  const hosts = new Map<string, Host>();
  for (const draft of drafts.hosts.values()) hosts.set(draft.name, builder.host(draft));
  return { file, digest: createHash('sha256').update(text).digest('hex'), hosts, groups: membersOf(drafts, hosts) };
}

/** What is wrong with a file of another kind as YAML helps nobody. */
function readDrafts(text: string, file: string): Drafts {
  try {
    return readGroups(readYaml(text, file));
  } catch (error) {
    const kind = error instanceof TsyncError ? otherKind(text) : null;
    if (kind === null) throw error;
    const place = (error as TsyncError).place;
    throw new TsyncError('inventory/other-kind', kind, { exitCode: 65, ...(place && { place }), cause: error });
  }
}

function membersOf(drafts: Drafts, hosts: ReadonlyMap<string, Host>): Inventory['groups'] {
  const members = new Map<string, string[]>();
  for (const name of drafts.groups.keys()) members.set(name, []);
  for (const host of hosts.values()) for (const group of host.groups) members.get(group)!.push(host.name);
  return members;
}
