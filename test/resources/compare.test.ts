import { describe, expect, it } from 'vitest';
import { compareResource, readState } from '#resources/compare.js';
import type { Kind, Resource } from '#resources/resource.js';
import { MADE_HOSTS } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';

const facts = makeFacts({ ...MADE_HOSTS['debian12-azure-implicit']!, others: ['ntpd'] });
const because = 'daemon/single';

/** For each kind: what is there now, so that nothing is to be done, and another state. */
const KINDS: { readonly [K in Kind]: readonly [Resource, Resource] } = {
  file: [
    { kind: 'file', name: '/etc/tsync/refclock.sh', desired: null, because },
    {
      kind: 'file',
      name: '/etc/tsync/refclock.sh',
      desired: { bytes: new Uint8Array([10]), mode: '0755', owner: 'root', group: 'root', truncated: false },
      because,
    },
  ],
  service: [
    {
      kind: 'service',
      name: 'ntpd.service',
      desired: {
        active: true,
        links: ['/etc/systemd/system/multi-user.target.wants/ntpd.service -> /lib/systemd/system/ntpd.service'],
        masked: false,
      },
      because,
    },
    { kind: 'service', name: 'ntpd.service', desired: { active: false, links: [], masked: false }, because },
  ],
  'module-parameter': [
    { kind: 'module-parameter', name: 'hv_utils.timesync_implicit', desired: { value: 'Y' }, because },
    { kind: 'module-parameter', name: 'hv_utils.timesync_implicit', desired: { value: 'N' }, because },
  ],
};

describe.each(Object.entries(KINDS))('a %s', (_kind, [noop, other]) => {
  it('that is as desired is in sync', () => {
    expect(compareResource(noop, facts)).toEqual({ status: 'in-sync' });
  });

  it('that differs is a change from what is there to what is desired', () => {
    expect(compareResource(other, facts)).toEqual({
      status: 'drift',
      change: {
        id: `${other.kind}:${other.name}`,
        kind: other.kind,
        name: other.name,
        before: noop.desired,
        after: other.desired,
        because,
      },
    });
  });
});

describe('what is not known', () => {
  it.each([
    ['file', '/etc/never-read'],
    ['service', 'never-asked.service'],
    ['module-parameter', 'other.parameter'],
  ] as const)('a %s %s is unknown, never absent', (kind, name) => {
    expect(readState(kind, facts, name).known).toBe(false);
  });
});
