import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '#transport/fingerprint.js';
import { judgeHostKey, knownKeyTypes } from '#transport/host-key.js';
import { KnownHosts, knownHostName, parseKnownHosts } from '#transport/known-hosts.js';
import { hostAt, makeKey } from './ssh-host.js';

const ed25519 = makeKey().publicBlob;
const other = makeKey().publicBlob;
const ecdsa = makeKey('ecdsa').publicBlob;
const base64 = ed25519.toString('base64');
const line = (names: string, blob = ed25519, type = 'ssh-ed25519') => `${names} ${type} ${blob.toString('base64')}\n`;
const hashed = (name: string) => {
  const salt = Buffer.from('0123456789abcdef0123');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const knownFrom = (text: string) => new KnownHosts(parseKnownHosts(text, 'known_hosts'));
const at = (address: string, port = 22) => hostAt(port, { address }).connection;

describe('parseKnownHosts', () => {
  it('reads markers, names, type, key and where it was written', () => {
    const text = `# comment\n\n@revoked  web,[DB]:2222 ssh-ed25519 ${base64} a comment\r\n`;
    expect(parseKnownHosts(text, 'file')).toEqual([
      { marker: 'revoked', names: ['web', '[db]:2222'], type: 'ssh-ed25519', key: base64, origin: 'file:3' },
    ]);
  });

  it('leaves out lines of SSH 1, unknown markers and damaged keys', () => {
    expect(parseKnownHosts(`web 1024 35 1234567\n@future ${line('web')}web ssh-rsa !!!\nweb ssh-rsa\n`, 'f')).toEqual(
      [],
    );
  });

  it('takes any text without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        const known = knownFrom(text);
        known.all(name);
        expect(known.find(name, base64)).toBeNull();
      }),
    );
  });
});

describe('KnownHosts', () => {
  it.each([
    ['a plain name', 'web', 'web', true],
    ['another name', 'web', 'db', false],
    ['one of several', 'web,192.0.2.1', '192.0.2.1', true],
    ['a name with a port', '[web]:2222', '[web]:2222', true],
    ['a pattern', '*.example.com', 'a.example.com', true],
    ['a pattern of single characters', 'web0?', 'web01', true],
    ['a pattern that is too short', 'web0?', 'web0', false],
    ['what is taken out of a pattern', '*.example.com,!db.example.com', 'db.example.com', false],
    ['a pattern with nothing but exceptions', '!db', 'web', false],
    ['a hashed name', hashed('web'), 'web', true],
    ['another hashed name', hashed('web'), 'db', false],
  ])('finds by %s', (_title, names, name, found) => {
    expect(knownFrom(line(names)).find(name, base64) !== null).toBe(found);
  });

  it('matches a pattern exactly when the same regular expression does', () => {
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(knownFrom(line(pattern)).find(name, base64) !== null).toBe(new RegExp(`^${source}$`).test(name));
      }),
    );
  });

  it('comes to its end with a pattern made of stars', () => {
    expect(knownFrom(line(`${'*a'.repeat(50)}b`)).find('a'.repeat(500), base64)).toBeNull();
  });
});

describe('judgeHostKey', () => {
  it('knows a host by name and port, and by its name without the port as OpenSSH does', () => {
    expect(knownHostName('Web', 22)).toBe('web');
    expect(judgeHostKey(at('web', 2222), knownFrom(line('[web]:2222')), ed25519).kind).toBe('known');
    expect(judgeHostKey(at('web', 2222), knownFrom(line('web')), ed25519).kind).toBe('known');
    expect(judgeHostKey(at('web'), knownFrom(line('[web]:2222')), ed25519).kind).toBe('unknown');
  });

  it('tells a changed key from one of another type and from an unknown host', () => {
    expect(judgeHostKey(at('web'), knownFrom(line('web', other)), ed25519)).toMatchObject({
      kind: 'changed',
      known: [`ssh-ed25519 ${fingerprint(other)} (known_hosts:1)`],
    });
    expect(
      judgeHostKey(at('web'), knownFrom(line(hashed('web'), ecdsa, 'ecdsa-sha2-nistp256')), ed25519),
    ).toMatchObject({
      kind: 'other-type',
      types: ['ecdsa-sha2-nistp256'],
    });
    expect(judgeHostKey(at('db'), knownFrom(line('web')), ed25519).kind).toBe('unknown');
  });

  it('refuses a revoked key even when the inventory names it', () => {
    const revoked = knownFrom(`@revoked ${line('*')}`);
    const host = { ...at('web'), hostKeys: [`ssh-ed25519 ${base64}`] };
    expect(judgeHostKey(host, revoked, ed25519).kind).toBe('revoked');
  });

  it('lets the inventory decide alone', () => {
    const host = { ...at('web'), hostKeys: [fingerprint(other)] };
    expect(judgeHostKey(host, knownFrom(line('web')), ed25519).kind).toBe('changed');
    expect(judgeHostKey(host, knownFrom(''), other).kind).toBe('known');
  });

  it('does not take a certificate authority for a host key', () => {
    const known = knownFrom(`@cert-authority ${line('web')}`);
    expect(judgeHostKey(at('web'), known, ed25519).kind).toBe('certificate');
    expect(knownKeyTypes(at('web'), known)).toEqual([]);
  });

  it('finds the certificate authority of a host on another port by its name alone, as OpenSSH does', () => {
    const known = knownFrom(`@cert-authority ${line('we*')}`);
    expect(judgeHostKey(at('web', 2222), known, ed25519).kind).toBe('certificate');
  });
});
