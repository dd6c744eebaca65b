import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { KNOWN_VARIABLES } from '#inventory/connection-variables.js';
import { readYaml } from '#inventory/read-yaml.js';
import { toJson } from '#inventory/yaml-node.js';
import { inventoryJsonSchema } from '#playbook/inventory-schema.js';
import { playbookJsonSchema } from '#playbook/playbook-schema.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = (folder: string): readonly string[] =>
  readdirSync(root + folder).filter((name) => name.endsWith('.yaml'));
const inventory = z.fromJSONSchema(inventoryJsonSchema() as z.core.JSONSchema.JSONSchema);
const playbook = z.fromJSONSchema(playbookJsonSchema() as z.core.JSONSchema.JSONSchema);
const read = (text: string, name: string) => toJson(readYaml(text, name).root!);
const load = (path: string) => read(readFileSync(root + path, 'utf8'), path);

describe('the JSON Schema of an inventory', () => {
  it.each(files('inventories'))('takes inventories/%s', (name) => {
    expect(inventory.safeParse(load(`inventories/${name}`)).error).toBeUndefined();
  });

  it.each([
    ['an unknown key of a group', 'all: {host: {a: }}'],
    ['an unknown key of a group inside of others', 'all: {children: {web: {children: {x: {Hosts: {a: }}}}}}'],
    ['a port that is none', 'all: {hosts: {a: {ansible_port: 99999}}}'],
    ['an unknown setting', 'all: {hosts: {a: {tsync: {stategy: auto}}}}'],
    ['hosts as a list', 'all: {hosts: [a, b]}'],
  ])('refuses %s', (_, text) => {
    expect(inventory.safeParse(read(text, 'i')).success).toBe(false);
  });

  it('takes variables of anybody, and those of Ansible that tsync does not read', () => {
    const text =
      'all: {vars: {site: {a: [1, null]}, ansible_python_interpreter: auto}, hosts: {a: , "b:2222": {x: 1}}}';
    expect(inventory.safeParse(read(text, 'i')).error).toBeUndefined();
  });

  it('names every variable that tsync reads, and none that it does not know', () => {
    const text = JSON.stringify(inventoryJsonSchema());
    const named = new Set(text.match(/"(?:ansible_[a-z_]+)"/g)?.map((word) => word.slice(1, -1)));
    expect([...named].filter((name) => !KNOWN_VARIABLES.has(name))).toEqual([]);
    expect(
      ['ansible_host', 'ansible_become_password', 'ansible_ssh_timeout'].filter((name) => !named.has(name)),
    ).toEqual([]);
  });
});

describe('the JSON Schema of a playbook', () => {
  it.each(files('playbooks'))('takes playbooks/%s', (name) => {
    expect(playbook.safeParse(load(`playbooks/${name}`)).error).toBeUndefined();
  });

  it.each([
    ['a play without hosts', '- strategy: auto'],
    ['an unknown strategy', '- {hosts: all, strategy: best}'],
    ['a limit that is no duration', '- {hosts: all, limits: {offset: soon}}'],
  ])('refuses %s', (_, text) => {
    expect(playbook.safeParse(read(text, 'p')).success).toBe(false);
  });
});
