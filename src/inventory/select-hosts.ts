import { suggestion } from '#errors/did-you-mean.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Host } from './host.js';
import { parseHostPattern } from './host-pattern.js';
import type { Inventory } from './inventory.js';
import { matchHosts, unknownNames } from './match-hosts.js';

/**
 * The hosts that `pattern` (as of `--limit`) means, in the inventory's order; null means all of them.
 * Throws `TsyncError` 64 for a wrong pattern, for a name that is no host and no group, and where no host is left.
 */
export function selectHosts(inventory: Inventory, pattern: string | null): readonly Host[] {
  const names = pattern === null ? null : namesOf(inventory, pattern);
  const hosts = [...inventory.hosts.values()].filter(({ name }) => names === null || names.has(name));
  if (hosts.length > 0) return hosts;
  throw mistake(
    'inventory/no-match',
    pattern === null ? `${inventory.file} has no hosts.` : `No host of ${inventory.file} matches '${pattern}'.`,
  );
}

function namesOf(inventory: Inventory, text: string): ReadonlySet<string> {
  const parsed = parseHostPattern(text);
  if ('wrong' in parsed) throw mistake('inventory/pattern', parsed.wrong);
  const [unknown] = unknownNames(inventory, parsed.pattern);
  if (unknown === undefined) return matchHosts(inventory, parsed.pattern);
  const meant = suggestion(unknown, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
  throw mistake('inventory/no-match', `${inventory.file} has no host or group '${unknown}'.${meant}`);
}

function mistake(code: 'inventory/no-match' | 'inventory/pattern', detail: string): TsyncError {
  return new TsyncError(code, detail, { exitCode: 64 });
}
