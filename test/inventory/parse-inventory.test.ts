import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { Host } from '#inventory/host.js';
import { parseInventory } from '#inventory/parse-inventory.js';

const fixtures = new URL('../fixtures/inventory/', import.meta.url);
const precedence = parseInventory(readFileSync(new URL('precedence.yaml', fixtures), 'utf8'), 'precedence.yaml');
const ansible = JSON.parse(readFileSync(new URL('precedence.ansible.json', fixtures), 'utf8')) as {
  readonly hostvars: { readonly [host: string]: unknown };
  readonly groups: { readonly [host: string]: readonly string[] };
};

function only(text: string): Host {
  const [host] = parseInventory(text, 'inventory.yaml').hosts.values();
  if (!host) throw new Error('no host');
  return host;
}

function withVars(vars: string): Host {
  return only(`all: {hosts: {h: {${vars}}}}`);
}

function mistake(text: string): { readonly code: string; readonly detail: string; readonly at: string } {
  try {
    parseInventory(text, 'inventory.yaml');
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    expect(error.exitCode).toBe(65);
    return {
      code: error.problem.code,
      detail: error.problem.detail,
      at: `${error.place?.line}:${error.place?.column}`,
    };
  }
  throw new Error(`no mistake was found in ${text}`);
}

describe('parseInventory, compared with Ansible 2.14', () => {
  it('finds the same hosts', () => {
    expect([...precedence.hosts.keys()].sort()).toEqual(Object.keys(ansible.groups).sort());
  });

  it.each(Object.keys(ansible.groups))('merges the variables of %s in the same order', (name) => {
    expect(precedence.hosts.get(name)?.vars).toEqual(ansible.hostvars[name]);
  });

  it.each(Object.keys(ansible.groups))('orders the groups of %s in the same way', (name) => {
    expect(precedence.hosts.get(name)?.groups).toEqual(ansible.groups[name]);
  });
});

describe('parseInventory', () => {
  it('gives a group the hosts of its children', () => {
    expect(precedence.groups.get('site')).toEqual(['web01', 'web02', 'web03', 'db-a', 'db-b', 'db-c']);
    expect(precedence.groups.get('ungrouped')).toEqual(['lonely', 'alone']);
  });

  it('reads how a host is reached', () => {
    const host = only(
      'all: {hosts: {h: {ansible_host: 10.0.0.1, ansible_port: "2222", ansible_user: ops, ansible_ssh_private_key_file: ~/.ssh/k, ' +
        'ansible_become: yes, ansible_become_user: time, ansible_become_password: geheim, ansible_ssh_pass: x, ansible_timeout: 3, legacy: true, ' +
        'host_key: [SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA"]}}}',
    );
    expect(host.connection).toEqual({
      transport: 'ssh',
      image: null,
      address: '10.0.0.1',
      port: 2222,
      user: 'ops',
      privateKeyFiles: ['~/.ssh/k'],
      password: 'x',
      become: true,
      becomeMethod: 'sudo',
      becomeUser: 'time',
      becomePassword: 'geheim',
      hostKeys: ['SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA'],
      legacy: true,
      connectTimeoutMs: 3000,
    });
  });

  it('takes the name as the address and port 22 where nothing else is said', () => {
    expect(only('web: {hosts: web1}').connection).toMatchObject({
      address: 'web1',
      port: 22,
      user: null,
      become: false,
    });
  });

  it('takes a port from the name of a host, which a variable of its group does not change', () => {
    expect(only('all: {hosts: {"h:2200": }, vars: {ansible_port: 22}}').connection).toMatchObject({
      address: 'h',
      port: 2200,
    });
  });

  it('reads an address of IPv6 as a name, with and without a port', () => {
    expect(only('all: {hosts: {"2001:db8::1": }}').connection).toMatchObject({ address: '2001:db8::1', port: 22 });
    expect(only('all: {hosts: {"[2001:db8::1]:2200": }}').connection).toMatchObject({
      address: '2001:db8::1',
      port: 2200,
    });
  });

  it('keeps passwords out of the variables that may be printed', () => {
    const host = withVars('ansible_password: a, ansible_become_pass: b, other: c');
    expect(host.vars).toEqual({ other: 'c' });
    expect(host.connection).toMatchObject({ password: 'a', becomePassword: 'b' });
  });

  it('lets the longer of two names of a password win, as Ansible does', () => {
    expect(withVars('ansible_password: a, ansible_ssh_pass: b').connection.password).toBe('a');
  });

  it('keeps settings with where they were written, the host last', () => {
    const host = only(
      'web:\n  vars:\n    tsync: {strategy: auto}\n  hosts:\n    h:\n      tsync:\n        prefer: ntp\n',
    );
    expect(host.settings.map(({ origin, values }) => ({ origin, values }))).toEqual([
      { origin: 'group web (inventory.yaml:3)', values: { strategy: 'auto' } },
      { origin: 'host h (inventory.yaml:7)', values: { prefer: 'ntp' } },
    ]);
    expect(host.settings[1]?.placeOf?.(['prefer'])).toMatchObject({ line: 7, column: 9 });
    expect(host.vars).toEqual({});
  });

  it('names each host of a range as the origin of its own settings', () => {
    const inventory = parseInventory('all: {hosts: {"w[1:2]": {tsync: {prefer: ntp}}}}', 'i');
    expect([...inventory.hosts.values()].map((host) => host.settings[0]?.origin)).toEqual([
      'host w1 (i:1)',
      'host w2 (i:1)',
    ]);
  });

  it('merges mappings with << and lets what is written out win', () => {
    expect(withVars('a: &a {x: 1, y: 2}, b: {<<: *a, y: 3}').vars).toEqual({ a: { x: 1, y: 2 }, b: { x: 1, y: 3 } });
  });

  it('accepts the variables of Ansible that are close to one that tsync reads', () => {
    expect(
      withVars('ansible_su_pass: a, ansible_scp_executable: b, ansible_winrm_host: c, ansible_my_own: d').name,
    ).toBe('h');
  });

  it('finds the line of each of many settings without reading the file as many times', () => {
    const hosts = Array.from({ length: 3000 }, (_, i) => `    h${i}: {tsync: {prefer: ntp}}`).join('\n');
    const inventory = parseInventory(`all:\n  hosts:\n${hosts}\n`, 'i');
    const origins = [...inventory.hosts.values()].map((host) => host.settings[0]?.origin);
    expect(origins).toEqual(origins.map((_, i) => `host h${i} (i:${i + 3})`));
  });

  it('reads a key named __proto__ as any other', () => {
    const { vars } = withVars('__proto__: {polluted: 1}');
    expect(Object.keys(vars)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(vars)).toBe(Object.prototype);
  });

  it('ignores a byte order mark and reads lines that end with CR LF', () => {
    expect(only('\ufeffall:\r\n  hosts:\r\n    h: {a: b}\r\n').vars).toEqual({ a: 'b' });
  });
});

describe('substitution', () => {
  it('replaces variables in variables, and keeps the type of a whole one', () => {
    const host = withVars(
      'port: 2222, ansible_port: "{{ port }}", ansible_host: "{{ name }}.x", name: "n-{{ inventory_hostname }}", list: [1], copy: "{{list}}"',
    );
    expect(host.connection).toMatchObject({ port: 2222, address: 'n-h.x' });
    expect(host.vars).toMatchObject({ copy: [1], name: 'n-h' });
  });

  it('uses the value of the host, not of the group that has the template', () => {
    const inventory = parseInventory(
      'all: {vars: {ansible_host: "{{ ip }}", ip: 10.0.0.1}, hosts: {a: {ip: 10.0.0.2}, b: }}',
      'i',
    );
    expect([...inventory.hosts.values()].map((host) => host.connection.address)).toEqual(['10.0.0.2', '10.0.0.1']);
  });

  it('leaves templates that it cannot replace as they are, where nothing that it reads depends on them', () => {
    const host = withVars(
      'url: "https://{{ site | default(1) }}/", a: "{{ b }}", b: "{{ a }}", c: "{% x %}", d: {e: ["{{ no }}"]}, f: 1, g: "{{ f }}", ansible_port: "{{ g }}"',
    );
    expect(host.vars).toEqual({
      url: 'https://{{ site | default(1) }}/',
      a: '{{ b }}',
      b: '{{ a }}',
      c: '{% x %}',
      d: { e: ['{{ no }}'] },
      f: 1,
      g: 1,
      ansible_port: 1,
    });
    expect(host.connection.port).toBe(1);
  });

  it('prints booleans and nothing as Python does', () => {
    expect(withVars('a: yes, b: , c: "{{ a }} {{ b }}"').vars.c).toBe('True None');
  });

  it('leaves text marked !unsafe alone', () => {
    expect(withVars('a: !unsafe "{{ x | y }}", b: "{{ a }}"').vars).toEqual({ a: '{{ x | y }}', b: '{{ x | y }}' });
  });
});

describe('mistakes in an inventory', () => {
  it.each([
    ['all:\n\thosts: 3', 'yaml/invalid', 'indented with a tab', '2:1'],
    ['all: {hosts: {a: b', 'yaml/invalid', 'Unexpected end', '1:19'],
    ['a: 1\n---\nb: 2', 'yaml/invalid', 'more than one document', '2:1'],
    ['all: {hosts: {x: {a: {{ b }} }}}', 'yaml/invalid', 'Text that begins with {{ needs quotes', '1:23'],
    ['all: {vars: {a: *b}}', 'yaml/invalid', 'no anchor of this name', '1:18'],
    [
      'all:\n  hosts: {x: }\n  hosts: {y: }',
      'yaml/duplicate-key',
      "'hosts' is given twice; the first is in line 2",
      '3:3',
    ],
    ['all: {hosts: {x: , x: }}', 'yaml/duplicate-key', "'x' is given twice", '1:20'],
    ['all: {vars: {a: !vault abc}}', 'yaml/vault', 'Ansible Vault', '1:17'],
    ['all: {vars: {a: !date abc}}', 'yaml/unknown-tag', 'This tag is not known', '1:17'],
    ['all: {vars: {a: !!int abc}}', 'yaml/unknown-tag', 'This tag is not known', '1:17'],
    ['', 'inventory/empty', 'no content', '1:1'],
    ['# only a comment\n', 'inventory/empty', 'no content', '1:1'],
    ['- web1', 'inventory/shape', 'top level must be a mapping', '1:1'],
    ['web: {hosts: [a]}', 'inventory/shape', 'Write `name:` instead of `- name`.', '1:14'],
    ['web: {hosts: 3}', 'inventory/shape', "'hosts' of group 'web' must be a mapping, and this is a number", '1:14'],
    ['web: {hosts: {a: 3}}', 'inventory/shape', "The host 'a' must be a mapping", '1:18'],
    ['plugins: azure_rm', 'inventory/shape', "The group 'plugins' must be a mapping", '1:10'],
    ['web: {hsots: {a: }}', 'inventory/unknown-key', "Did you mean 'hosts'?", '1:7'],
    ['web: {web1: }', 'inventory/unknown-key', "'web1' is not a key of a group", '1:7'],
    ['all: {hosts: {no: }}', 'inventory/name', 'as the boolean false; put it in quotes', '1:15'],
    ['all: {hosts: {"-oProxyCommand=x": }}', 'inventory/name', 'cannot be the name of a host', '1:15'],
    ['all: {hosts: {"a b": }}', 'inventory/name', 'cannot be the name of a host', '1:15'],
    ['1: {hosts: {a: }}', 'inventory/name', 'as a number', '1:1'],
    ['a: {children: {b: {children: {a: }}}}', 'inventory/group-cycle', 'a > b > a', '1:31'],
    ['a: {children: {a: }}', 'inventory/group-cycle', 'a > a', '1:16'],
    ['a: {children: {all: }}', 'inventory/group-cycle', "inside 'a'", '1:16'],
    ['all: {hosts: {"w[3:1]": }}', 'inventory/range', 'ends before it begins', '1:17'],
    ['all: {hosts: {"w[1:x]": }}', 'inventory/range', 'from a number to a letter', '1:17'],
    ['all: {hosts: {"w[001:20]": }}', 'inventory/range', 'not the same length', '1:17'],
    ['all: {hosts: {"w[1:2:0]": }}', 'inventory/range', 'step', '1:17'],
    ['all: {hosts: {"w[1:2": }}', 'inventory/range', "no ']'", '1:17'],
    ['all:\n  hosts:\n    w[]:', 'inventory/range', 'is not a range', '3:6'],
    ['all: {hosts: {"w[1:99999999]": }}', 'inventory/range', 'more than 100000 hosts', '1:17'],
    ['all: {hosts: {"w[1:9999]x[1:99]": }}', 'inventory/range', 'more than 100000 hosts', '1:26'],
    ['all: {hosts: {"w[1:90000]": , "x[1:90000]": }}', 'inventory/too-many-hosts', 'more than 100000 hosts', '1:31'],
    ['all: {hosts: {x: {ansible_usr: a}}}', 'inventory/unknown-variable', "Did you mean 'ansible_user'?", '1:19'],
    ['all: {vars: {ansible_prot: 22}}', 'inventory/unknown-variable', "Did you mean 'ansible_port'?", '1:14'],
    ['all: {hosts: {"x:-1": }}', 'inventory/name', "'x:-1' has a colon, but no port from 1 to 65535", '1:15'],
    ['all: {hosts: {"x:65536": }}', 'inventory/name', 'but no port from 1 to 65535', '1:15'],
    ['all: {hosts: {"x[1:3]:ssh": }}', 'inventory/name', 'but no port from 1 to 65535', '1:15'],
    ['all: {hosts: {x: {ansible_port: abc}}}', 'inventory/wrong-type', 'ansible_port must be a whole number', '1:33'],
    ['all: {hosts: {x: {ansible_port: 65536}}}', 'inventory/wrong-type', 'from 1 to 65535', '1:33'],
    ['all: {hosts: {x: {ansible_become: maybe}}}', 'inventory/wrong-type', 'true or false', '1:35'],
    ['all: {hosts: {x: {ansible_password: 0123}}}', 'inventory/wrong-type', 'put the value in quotes', '1:37'],
    ['all: {hosts: {x: {ansible_host: "-oX"}}}', 'inventory/wrong-type', 'host name or address', '1:33'],
    ['all: {hosts: {x: {host_key: ssh-rsa}}}', 'inventory/wrong-type', "this is 'ssh-rsa'", '1:29'],
    ['all: {hosts: {x: {ansible_connection: winrm}}}', 'inventory/unsupported', 'by ssh or local', '1:39'],
    ['all: {hosts: {x: {ansible_become_method: su}}}', 'inventory/unsupported', 'by sudo only', '1:42'],
    ['all: {hosts: {x: {tsync: auto}}}', 'inventory/wrong-type', "'tsync' of host x must be a mapping", '1:26'],
    ['a: {vars: {ansible_group_priority: high}}', 'inventory/wrong-type', 'whole number', '1:36'],
    [
      'all:\n  hosts: {x: }\n  vars:\n    ansible_host: "{{ b | default(1) }}"',
      'inventory/template',
      'is more than the name',
      '4:19',
    ],
    ['all: {hosts: {x: {ansible_host: "{% if b %}"}}}', 'inventory/template', 'is more than the name', '1:33'],
    ['all: {hosts: {x: {tsync: {strategy: "{{ b.c }}"}}}}', 'inventory/template', 'is more than', '1:37'],
    [
      'all: {hosts: {x: {ansible_user: "{{ a }}", a: "{{ b }}", b: "{{ a }}"}}}',
      'inventory/template',
      'a > b > a',
      '1:47',
    ],
    ['all: {hosts: {x: {addr: 1, ansible_host: "{{ adr }}"}}}', 'inventory/template', "Did you mean 'addr'?", '1:42'],
    ['all: {hosts: {x: {a: [1], ansible_host: "x{{ a }}"}}}', 'inventory/template', 'is a list or mapping', '1:41'],
  ])('are pointed at: %j', (text, code, detail, at) => {
    expect(mistake(text)).toEqual({ code, detail: expect.stringContaining(detail), at });
  });

  it('never repeats a password in the line that is shown', () => {
    try {
      parseInventory('all: {hosts: {x: {ansible_become_pass: 4711}}}', 'i');
      expect.unreachable();
    } catch (error) {
      expect((error as TsyncError).place?.excerpt).not.toContain('4711');
    }
  });

  it('ends at a bomb of aliases', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `  a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`);
    expect(mistake(['x:', '  a0: &a0 [1]', ...levels].join('\n'))).toMatchObject({ code: 'yaml/too-large' });
  });

  it('ends at variables that double each other', () => {
    const vars = Array.from({ length: 30 }, (_, i) => `v${i}: "{{ v${i + 1} }}{{ v${i + 1} }}"`).join(', ');
    expect(mistake(`all: {hosts: {x: {ansible_host: "{{ v0 }}", ${vars}, v30: abc}}}`)).toMatchObject({
      code: 'inventory/template',
      detail: expect.stringContaining('longer than'),
    });
  });

  it('ends at YAML that is nested too deeply', () => {
    expect(mistake('['.repeat(5000))).toMatchObject({ code: 'yaml/invalid' });
  });
});
