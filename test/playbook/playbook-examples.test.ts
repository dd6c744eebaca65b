import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseInventory } from '#inventory/parse-inventory.js';
import { playbookJsonSchema } from '#playbook/playbook-schema.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import { STRATEGIES } from '#settings/settings.js';
import { readInventory } from '#sources/read-inventory.js';
import { readPlaybook } from '#sources/read-playbook.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = (folder: string): readonly string[] =>
  readdirSync(root + folder).filter((name) => name.endsWith('.yaml'));
const inventory = parseInventory('all: {hosts: {h: }}', 'i');

describe('the examples', () => {
  it.each(files('playbooks'))('playbooks/%s is valid for an inventory of any groups', async (name) => {
    const playbook = await readPlaybook(`${root}playbooks/${name}`);
    const host = inventory.hosts.get('h')!;
    expect(resolveSettings(host, inventory, playbook, null)).not.toBeNull();
  });

  it('there is a playbook for each strategy', async () => {
    const playbooks = await Promise.all(files('playbooks').map((name) => readPlaybook(`${root}playbooks/${name}`)));
    const used = playbooks.flatMap(({ plays }) => plays.map(({ settings }) => settings.values.strategy));
    expect(STRATEGIES.filter((strategy) => !used.includes(strategy))).toEqual([]);
  });

  it.each(files('inventories'))('inventories/%s is valid and its settings resolve', async (name) => {
    const example = await readInventory(`${root}inventories/${name}`);
    expect(example.hosts.size).toBeGreaterThan(0);
    for (const host of example.hosts.values()) expect(resolveSettings(host, example, null, null)).not.toBeNull();
  });

  it('the JSON Schema names every setting', () => {
    const text = JSON.stringify(playbookJsonSchema());
    expect(
      ['hosts', 'strategy', 'ntp_servers', 'confirm_timeout', 'waivers', 'daemon_offset'].filter(
        (key) => !text.includes(`"${key}"`),
      ),
    ).toEqual([]);
  });
});
