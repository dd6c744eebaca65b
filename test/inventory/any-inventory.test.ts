import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { Inventory } from '#inventory/inventory.js';
import { parseInventory } from '#inventory/parse-inventory.js';

const name = fc.constantFrom('all', 'ungrouped', 'a', 'b', 'c', 'h1', 'h[1:3]', 'h[3:1]', 'x:22');
const key = fc.constantFrom(
  'hosts',
  'children',
  'vars',
  'tsync',
  'ansible_port',
  'ansible_host',
  'ansible_become',
  'host_key',
  '__proto__',
  'v',
  'w',
);
const value = fc.constantFrom(null, 1, 22, -1, true, 'x', 'yes', '{{ v }}', '{{ w }}{{ v }}', '{{', '{% x %}', '');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 7 },
    value,
    fc.array(tie('tree'), { maxLength: 2 }),
    fc.dictionary(fc.oneof(name, key), tie('tree'), { maxKeys: 4 }),
  ),
}));
const vars = fc.dictionary(key, fc.oneof(value, tree), { maxKeys: 3 });
const { group } = fc.letrec((tie) => ({
  group: fc.record(
    {
      vars,
      hosts: fc.dictionary(name, fc.option(vars), { maxKeys: 3 }),
      children: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.dictionary(name, fc.option(tie('group')), { maxKeys: 3 }),
      ),
    },
    { requiredKeys: [] },
  ),
}));

const groupName = fc.constantFrom('all', 'g1', 'g2', 'g3', 'g4');
const { sound } = fc.letrec((tie) => ({
  sound: fc.record({
    hosts: fc.dictionary(fc.constantFrom('h1', 'h2', 'k[1:3]'), fc.constant(null), { maxKeys: 2 }),
    children: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.dictionary(fc.constantFrom('g3', 'g4', 'g5'), tie('sound'), { maxKeys: 2 }),
    ),
  }),
}));

function parsed(root: unknown): Inventory | null {
  try {
    return parseInventory(JSON.stringify(root), 'i');
  } catch (error) {
    if (!(error instanceof TsyncError) || error.exitCode !== 65 || error.place === null) throw error;
    return null;
  }
}

describe('parseInventory, whatever it is given', () => {
  it('gives an inventory or a mistake with its place', () => {
    fc.assert(
      fc.property(fc.oneof(tree, fc.dictionary(name, group, { maxKeys: 4 })), (root) => {
        parsed(root);
      }),
      { numRuns: 800 },
    );
  });

  it('has every host in all, and in exactly the groups that have it', () => {
    let inventories = 0;
    fc.assert(
      fc.property(fc.dictionary(groupName, sound, { minKeys: 1, maxKeys: 4 }), (root) => {
        const inventory = parsed(root);
        if (inventory === null) return;
        inventories += inventory.hosts.size > 0 ? 1 : 0;
        expect(inventory.groups.get('all')).toEqual([...inventory.hosts.keys()]);
        for (const [group, names] of inventory.groups) {
          const members = [...inventory.hosts.values()].filter((host) => host.groups.includes(group));
          expect(names).toEqual(members.map((host) => host.name));
        }
      }),
      { numRuns: 800 },
    );
    expect(inventories).toBeGreaterThan(200);
  });
});
