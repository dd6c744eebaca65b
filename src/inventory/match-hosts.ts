import type { Host } from './host.js';
import type { HostPattern, PatternTerm } from './host-pattern.js';
import type { Inventory } from './inventory.js';

/** The names of the hosts a pattern means. */
export function matchHosts(inventory: Inventory, pattern: HostPattern): ReadonlySet<string> {
  let chosen = new Set<string>();
  for (const term of pattern) {
    const matched = termHosts(inventory, term);
    if (term.join === 'add') chosen = chosen.union(matched);
    else chosen = term.join === 'and' ? chosen.intersection(matched) : chosen.difference(matched);
  }
  return chosen;
}

/** Whether a pattern means this host: without looking at the other hosts, where no subscript makes that necessary. */
export function matchesHost(inventory: Inventory, pattern: HostPattern, host: Host): boolean {
  let chosen = false;
  for (const term of pattern) {
    const matched = term.subscript === null ? termMatches(term, host) : termHosts(inventory, term).has(host.name);
    if (term.join === 'add') chosen ||= matched;
    else chosen &&= term.join === 'and' ? matched : !matched;
  }
  return chosen;
}

/** The terms that name one host or group which is not there. */
export function unknownNames(inventory: Inventory, pattern: HostPattern): readonly string[] {
  return pattern.flatMap(({ matcher }) =>
    matcher.kind === 'name' && !inventory.hosts.has(matcher.name) && !inventory.groups.has(matcher.name)
      ? [matcher.name]
      : [],
  );
}

function termMatches({ matcher }: PatternTerm, host: Host): boolean {
  if (matcher.kind === 'name') return matcher.name === host.name || host.groups.includes(matcher.name);
  const { expression } = matcher;
  return expression.test(host.name) || host.groups.some((group) => !RESERVED.has(group) && expression.test(group));
}

function termHosts(inventory: Inventory, term: PatternTerm): ReadonlySet<string> {
  const names = candidates(inventory, term);
  return new Set(term.subscript === null ? names : slice(names, term.subscript));
}

/** In the order of the inventory, so that a subscript means the same host every time. */
function candidates(inventory: Inventory, term: PatternTerm): readonly string[] {
  const { matcher } = term;
  if (matcher.kind !== 'name')
    return [...inventory.hosts.values()].filter((host) => termMatches(term, host)).map(({ name }) => name);
  if (inventory.hosts.has(matcher.name)) return [matcher.name];
  return inventory.groups.get(matcher.name) ?? [];
}

function slice(names: readonly string[], { first, last }: NonNullable<PatternTerm['subscript']>): readonly string[] {
  const from = first < 0 ? names.length + first : first;
  const to = last === null ? names.length : last < 0 ? names.length + last + 1 : last + 1;
  return from < 0 ? [] : names.slice(from, to);
}

/** A glob or regular expression means neither of these groups, as in Ansible. */
const RESERVED: ReadonlySet<string> = new Set(['all', 'ungrouped']);
