import { expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { parseInventory } from '#inventory/parse-inventory.js';

function refusal(text: string): readonly [string, string] | null {
  try {
    parseInventory(text, 'i');
    return null;
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    return [error.problem.code, error.problem.detail];
  }
}

it.each([
  ['# hosts\n[web]\nweb1 ansible_host=192.0.2.1\n[web:vars]\nansible_user=ops\n', 'INI'],
  ['web1 ansible_host=192.0.2.1 ansible_user=ops\nweb2\n', 'INI'],
  ['web1\nweb2\n\n[db]\ndb1\n', 'INI'],
  ['[web]  ; front\r\nweb1\r\n', 'INI'],
  ['; hosts\nweb1\n', 'INI'],
  ['$ANSIBLE_VAULT;1.1;AES256\n6231\n', 'Ansible Vault'],
  ['#!/usr/bin/env python3\nprint("{}")\n', 'program'],
  ['---\nplugin: azure.azcollection.azure_rm\n', 'plugin'],
  ['{"_meta": {"hostvars": {}}, "web": {"hosts": ["a"]}}', 'script prints'],
  ['{\n  "web": {"hosts": ["a"]},\n  "_meta": {"hostvars": {}}\n}', 'script prints'],
])('%j is said to be no YAML inventory, but what it is', (text, kind) => {
  expect(refusal(text)).toEqual(['inventory/other-kind', expect.stringContaining(kind)]);
});

it.each([
  ['all:\n  hosts:\n    a: {ansible_usr: x}\n', 'inventory/unknown-variable'],
  ['- hosts: all\n', 'inventory/shape'],
  ['all:\n  vars: {url: "x a=b"}\n  host: {}\n', 'inventory/unknown-key'],
  ['', 'inventory/empty'],
])('%j keeps its own mistake', (text, code) => {
  expect(refusal(text)?.[0]).toBe(code);
});

it('a YAML inventory with words of other kinds in it is read', () => {
  expect(refusal('all:\n  vars:\n    motd: |\n      [web]\n      a b=c\n    plugin: x\n  hosts: {a: }\n')).toBeNull();
});
