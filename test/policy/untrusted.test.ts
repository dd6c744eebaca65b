import { describe, expect, it } from 'vitest';
import { isBelow, isPlainPath, isPlainPattern } from '#config/host-path.js';
import { whyForeign, whyUntrusted } from '#config/untrusted.js';
import { findForeign } from '#policy/find-foreign.js';
import { makeFacts, present } from './make-facts.js';

describe('a path that a host names', () => {
  it.each([
    '/etc/../home/x',
    '/etc/./x',
    '/etc//x',
    '/etc/x/',
    '/etc/..',
    'etc/x',
    '',
    '/',
    '/etc/a b',
    '/etc/a\n',
    '/etc/\u0000',
  ])('is not plain: %j', (path) => {
    expect(isPlainPath(path)).toBe(false);
    expect(isBelow('/etc', path)).toBe(false);
  });

  it('is below a folder by its parts, not by its letters', () => {
    expect(isBelow('/etc', '/etc/chrony/chrony.conf')).toBe(true);
    expect(isBelow('/etc', '/etcetera/chrony.conf')).toBe(false);
    expect(isBelow('/etc', '/etc')).toBe(false);
    expect(isBelow('/run', '/run/../etc/x')).toBe(false);
  });

  it('may be a pattern, but not one that climbs', () => {
    expect(isPlainPattern('/etc/chrony/*.conf')).toBe(true);
    expect(isPlainPattern('/etc/chrony/conf.d/')).toBe(true);
    expect(isPlainPattern('/etc/*/../x')).toBe(false);
  });
});

describe('a file that is not root’s alone', () => {
  const facts = makeFacts({
    family: 'debian',
    versionId: '12',
    chrony: '4.3',
    systemd: 252,
    files: { '/etc/chrony/chrony.conf': '' },
  });
  const file = present('');

  it.each(['others', 'file', null] as const)('is not changed: %s', (writers) => {
    if (file.state !== 'present') throw new Error('no file');
    const odd = { ...file, writers };
    expect(whyForeign('/etc/chrony/chrony.conf', odd)).not.toBeNull();
    const wanted = [
      {
        resource: {
          kind: 'file',
          name: '/etc/chrony/chrony.conf',
          desired: null,
          because: 'chrony/readable',
        },
        reasons: [],
      } as const,
    ];
    expect(findForeign(wanted, { ...facts, files: new Map([['/etc/chrony/chrony.conf', odd]]) })).toMatchObject({
      code: 'policy/edit-refused',
    });
    expect(findForeign(wanted, facts)).toBeNull();
  });

  it('keeps the daemon that reads it from being changed at all', () => {
    expect(whyUntrusted({ name: 'chrony', untrusted: ['/home/ops/x.conf'] })).toContain('/home/ops/x.conf');
    expect(whyUntrusted({ name: 'chrony', untrusted: [] })).toBeNull();
  });
});
