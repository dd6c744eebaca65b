import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderError } from '#errors/render-error.js';
import { TsyncError } from '#errors/tsync-error.js';
import { excerptOf } from '#inventory/excerpt.js';
import { parseInventory } from '#inventory/parse-inventory.js';

const SECRET = 'hunter2';

/** All that a person sees of what is wrong with an inventory. */
function seen(text: string): string {
  try {
    parseInventory(text, 'i.yaml');
  } catch (error) {
    if (error instanceof TsyncError) return `${renderError(error)}\n${JSON.stringify(error.place)}`;
    throw error;
  }
  return '';
}

/** The excerpt of a line of one text. */
function excerpt(text: string, number = text.split('\n').length): string {
  const start =
    text
      .split('\n')
      .slice(0, number - 1)
      .join('\n').length + (number > 1 ? 1 : 0);
  const end = text.indexOf('\n', start);
  return excerptOf(text, start, end === -1 ? text.length : end);
}

const HOST = 'all:\n  hosts:\n    web1:\n';

describe('the excerpt of a mistake', () => {
  it.each([
    ['a password whose name is misspelt', `${HOST}      ansible_pasword: ${SECRET}\n`],
    ['another name of it', `${HOST}      ansible_becom_pass: ${SECRET}\n`],
    ['an old name of it', `${HOST}      ansible_passwd: ${SECRET}\n`],
    ['a variable of one`s own, with a tab', `${HOST}\tdb_pin: ${SECRET}\n`],
    ['a password that is one level too high', `all:\n  children:\n    ansible_password: ${SECRET}\n`],
    ['a password at the top', `ansible_password: ${SECRET}\n`],
    ['a key in flow style', `${HOST}      {ansible_user: ops, ansible_pasword: ${SECRET}}\n`],
    ['the host`s own line', `all: {hosts: {web1: {ansible_user: ops, ansible_pasword: ${SECRET}}}}\n`],
    ['JSON', `{"all":{"hosts":{"web1":{"ansible_pasword":"${SECRET}"}}}}\n`],
    ['a value with a colon', `${HOST}      ansible_password: a: ${SECRET}\n`],
    ['a quote that is not closed', `${HOST}      ansible_password: "${SECRET}\n`],
    ['a value on the next line', `${HOST}      ansible_pasword:\n        "${SECRET}" x\n`],
    ['a list of them', `${HOST}      ansible_passwords:\n        - ${SECRET}\n`],
    ['a colon that is missing', `${HOST}      ansible_user: ops\n      ansible_password ${SECRET}\n`],
    ['an equals sign', `${HOST}      ansible_port: 99999\n      ansible_password=${SECRET}: 1\n`],
    ['a tag', `${HOST}      ansible_password: !${SECRET}\n`],
    ['a tag with a handle', `${HOST}      ansible_password: !${SECRET}!x y\n`],
    ['a wrong tag', `${HOST}      ansible_password: !${SECRET}{ y\n`],
    ['an alias', `${HOST}      ansible_password: *${SECRET}\n`],
    ['a reserved sign', `${HOST}      ansible_password: @${SECRET}\n`],
    ['a directive', `${HOST}      ansible_password: %${SECRET}\n`],
    ['a template', `${HOST}      ansible_password: "{{ '${SECRET}' | trim }}"\n`],
    ['a comment', `${HOST}      ansible_port: no # was ${SECRET}\n`],
    ['the INI format', `[web]\nweb1 ansible_host=192.0.2.1 ansible_ssh_pass=${SECRET}\n`],
    ['arguments of ssh', `${HOST}      ansible_ssh_common_arg: -o ProxyCommand="sshpass -p ${SECRET} ssh"\n`],
    [
      'a token under a key that says so',
      `${HOST}      vault_tokens: {x: y}\n      vault_token:\n        name: !x ${SECRET}\n`,
    ],
  ])('does not show %s', (_what, text) => {
    const message = seen(text);
    expect(message).toContain('error:');
    expect(message).not.toContain(SECRET);
  });

  it.each([
    [`${HOST}      ansible_port: abc`, '      ansible_port: abc'],
    [`${HOST}      ansible_prot: 22`, '      ansible_prot: ***'],
    ['all:\n  hosts: [web1, web2]', '  hosts: [web1, web2]'],
    ['all:\n  hosts:\n    web[01:20].example.net: {ansible_port: x}', '    web[01:20].example.net: {ansible_port: x}'],
    ['- hosts: all\n  strategy: best', '  strategy: best'],
    ['- hosts: all\n  ntp_servers:\n  - ntp1 example', '  - ntp1 example'],
    ['- hosts: all\n  resources:\n  - file: /etc/a\n    content: x', '    content: ***'],
    ['web: {ansible_user: ops, ansible_pasword: x, ansible_port: 1}', 'web: {ansible_user: ops, ansible_pasword: ***'],
    ['web: {ansible_port: x, ansible_user: ops}', 'web: {ansible_port: x, ansible_user: ops}'],
    ['web1:', 'web1:'],
    ['', ''],
    ['  ansible_port: 22 # note', '  ansible_port: 22 # ***'],
  ])('of %j is %j', (text, wanted) => {
    expect(excerpt(text)).toBe(wanted);
  });

  it('never shows what stands behind a key that is not known, whatever that is', () => {
    const key = fc.stringMatching(/^ansible_[a-z_]{3,12}x$/);
    const blank = fc.constantFrom(' ', '  ', '\t');
    const around = fc.constantFrom(
      '',
      '"',
      "'",
      '{',
      '[',
      '- ',
      '!',
      '&a ',
      '| ',
      'a: ',
      'ansible_port: ',
      ', ansible_user: ',
    );
    fc.assert(
      fc.property(fc.nat(8), key, blank, around, around, (indent, name, gap, before, after) => {
        const line = `${' '.repeat(indent)}${name}:${gap}${before}S3CR3T${after}`;
        expect(excerpt(`all:\n${line}`)).not.toContain('S3CR3T');
      }),
    );
  });
});
