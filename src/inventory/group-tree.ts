import type { Drafts, GroupDraft } from './read-groups.js';
import { mistakeAt } from './read-yaml.js';
import type { YamlEntry } from './yaml-node.js';

/** Which groups contain which, and in which order their variables are applied. */
export interface GroupTree {
  /** All groups above `names` and these themselves: outermost first, then by `ansible_group_priority`, then by name. */
  readonly lineage: (names: Iterable<string>) => readonly string[];
}

/**
 * Orders the groups as Ansible does. Depth is the longest way from `all`; groups that nobody names as a child are children of
 * `all`. Throws `TsyncError` 65 at the key that closes a cycle. Source: ansible-core 2.14, `inventory/group.py`, `vars/...sort_groups`.
 */
export function buildGroupTree(drafts: Drafts): GroupTree {
  const depths = depthsOf(drafts);
  const parents = parentsOf(drafts.groups);
  const priorities = new Map([...drafts.groups.values()].map((group) => [group.name, priorityOf(drafts, group)]));
  const compare = (a: string, b: string): number =>
    depths.get(a)! - depths.get(b)! || priorities.get(a)! - priorities.get(b)! || (a < b ? -1 : a > b ? 1 : 0);
  return { lineage: (names) => [...withAncestors(names, parents)].sort(compare) };
}

/** The longest way from `all`, which has 0. */
function depthsOf(drafts: Drafts): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const name of parentsFirst(drafts)) {
    const own = depths.get(name) ?? (name === 'all' ? 0 : 1);
    depths.set(name, own);
    for (const child of drafts.groups.get(name)!.children.keys())
      depths.set(child, Math.max(depths.get(child) ?? 1, own + 1));
  }
  return depths;
}

function withAncestors(names: Iterable<string>, parents: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>(['all']);
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...(parents.get(name) ?? []));
  }
  return found;
}

function parentsOf(groups: ReadonlyMap<string, GroupDraft>): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const group of groups.values()) {
    for (const child of group.children.keys()) {
      const known = parents.get(child);
      if (known) known.push(group.name);
      else parents.set(child, [group.name]);
    }
  }
  return parents;
}

/** Every group after all that contain it. */
function parentsFirst({ document, groups }: Drafts): readonly string[] {
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (name: string, offset: number): void => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' > ');
      throw mistakeAt(document, offset, 'inventory/group-cycle', `The group '${name}' would contain itself: ${cycle}.`);
    }
    if (finished.has(name)) return;
    if (path.length >= MAX_NESTING)
      throw mistakeAt(document, offset, 'inventory/shape', `Groups are nested more than ${MAX_NESTING} deep.`);
    path.push(name);
    for (const [child, at] of groups.get(name)!.children) {
      if (child === 'all')
        throw mistakeAt(
          document,
          at,
          'inventory/group-cycle',
          `'all' contains every group, so it cannot be inside '${name}'.`,
        );
      visit(child, at);
    }
    path.pop();
    finished.add(name);
  };
  for (const name of groups.keys()) visit(name, 0);
  return [...finished].reverse();
}

const MAX_NESTING = 200;

function priorityOf({ document }: Drafts, group: GroupDraft): number {
  const entry: YamlEntry | undefined = group.vars.get('ansible_group_priority');
  if (!entry) return 1;
  const value = entry.value.kind === 'scalar' ? entry.value.value : null;
  const priority = typeof value === 'string' && /^-?[0-9]{1,9}$/.test(value) ? Number(value) : value;
  if (typeof priority === 'number' && Number.isInteger(priority)) return priority;
  throw mistakeAt(
    document,
    entry.value.start,
    'inventory/wrong-type',
    'ansible_group_priority must be a whole number.',
  );
}
