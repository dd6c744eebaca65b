import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { SettingsLayer } from '#inventory/host.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { parsePlaybook } from '#playbook/playbook.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import { DEFAULT_SETTINGS, type ResolvedSettings } from '#settings/settings.js';

const BARE = 'all: {hosts: {h: }}';

function resolve(
  inventoryText: string,
  playbookText: string | null,
  flags: SettingsLayer | null = null,
): ResolvedSettings | null {
  const inventory = parseInventory(inventoryText, 'inventory.yaml');
  const playbook = playbookText === null ? null : parsePlaybook(playbookText, 'ntp.yaml');
  const host = inventory.hosts.get('h');
  if (!host) throw new Error('no host h');
  return resolveSettings(host, inventory, playbook, flags);
}

function mistake(...given: Parameters<typeof resolve>): unknown {
  try {
    resolve(...given);
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    return {
      code: error.problem.code,
      exitCode: error.exitCode,
      detail: error.problem.detail,
      line: error.place?.line ?? null,
    };
  }
  throw new Error('no mistake was found');
}

describe('resolveSettings', () => {
  it('gives the defaults where nobody says anything', () => {
    const resolved = resolve(BARE, null);
    expect(resolved?.settings).toEqual(DEFAULT_SETTINGS);
    expect(new Set(Object.values(resolved?.origins ?? {}))).toEqual(new Set(['default']));
  });

  it('gives null for a host that no play names', () => {
    expect(resolve('web: {hosts: {w: }}\nother: {hosts: {h: }}', '- hosts: web')).toBeNull();
  });

  it('lets the play give way to groups, outer groups to inner ones, groups to the host, and all to flags', () => {
    const levels = ['play', 'outer', 'inner', 'host', 'flag'];
    for (let last = 0; last < levels.length; last += 1) {
      const value = (level: number) => (level <= last ? `{protected: [${levels[level]}]}` : '{}');
      const inventory = `outer: {vars: {tsync: ${value(1)}}, children: {inner: {vars: {tsync: ${value(2)}}, hosts: {h: {tsync: ${value(3)}}}}}}`;
      const flags = last >= 4 ? { origin: 'the command line', values: { protected: ['flag'] } } : null;
      expect(resolve(inventory, '- {hosts: all, protected: [play]}', flags)?.settings.protectedNames).toEqual([
        levels[last],
      ]);
    }
  });

  it('merges limits and rollout key by key, and says where each value came from', () => {
    const inventory =
      'all:\n  vars:\n    tsync: {limits: {offset: 50ms}, rollout: {settle_timeout: 2m}}\n  hosts: {h: }\n';
    const resolved = resolve(inventory, '- hosts: all\n  limits: {offset: 1, daemon_offset: 10ms}\n', {
      origin: 'the command line',
      values: { strategy: 'monitor' },
    });
    expect(resolved?.settings.limits).toEqual({ offsetSeconds: 0.05, daemonOffsetSeconds: 0.01 });
    expect(resolved?.settings.rollout.settleTimeoutSeconds).toBe(120);
    expect(resolved?.origins).toMatchObject({
      strategy: 'the command line',
      'limits.offset': 'group all (inventory.yaml:3)',
      'limits.daemon_offset': 'playbook ntp.yaml, play 1',
      'rollout.settle_timeout': 'group all (inventory.yaml:3)',
      'rollout.serial': 'default',
    });
  });

  it('replaces lists and does not append to them', () => {
    const resolved = resolve('all: {hosts: {h: {tsync: {ntp_servers: [b]}}}}', '- {hosts: all, ntp_servers: [a, c]}');
    expect(resolved?.settings.ntpServers.map(({ address }) => address)).toEqual(['b']);
  });

  it('reads every setting', () => {
    const playbook = `
- hosts: all
  strategy: ptp+ntp
  prefer: ntp
  ntp_servers:
    - 10.0.0.1
    - {address: ntp.example.com, pool: yes, iburst: no, nts: yes, prefer: yes, trust: yes, minpoll: 4, maxpoll: 6}
    - {address: 10.0.0.2, key: 7}
  dhcp_servers: keep
  limits: {offset: 100ms, daemon_offset: 500us}
  makestep: {threshold: 500ms, limit: 3}
  max_step: 1h
  window: {days: [sat, sun], from: "22:00", to: "04:00", zone: Europe/Berlin}
  step_warning: 5s
  daemon: chrony
  degrade: allow
  take_ownership: yes
  protected: [/etc/chrony.conf, chrony.service]
  rollout: {serial: [1, 10%, 100%], max_fail: 5%, settle_timeout: 60, confirm_timeout: 5m}
  waivers: [{rule: chrony/no-clock-control, reason: container, expires: 2027-01-31}, {rule: clock/offset, reason: c}]
`;
    const plain = {
      pool: false,
      iburst: true,
      nts: false,
      prefer: false,
      trust: false,
      minpoll: null,
      maxpoll: null,
      key: null,
    };
    expect(resolve(BARE, playbook)?.settings).toEqual({
      strategy: 'ptp+ntp',
      prefer: 'ntp',
      ntpServers: [
        { address: '10.0.0.1', ...plain },
        {
          address: 'ntp.example.com',
          pool: true,
          iburst: false,
          nts: true,
          prefer: true,
          trust: true,
          minpoll: 4,
          maxpoll: 6,
          key: null,
        },
        { address: '10.0.0.2', ...plain, key: 7 },
      ],
      dhcpServers: 'keep',
      resources: [],
      limits: { offsetSeconds: 0.1, daemonOffsetSeconds: 0.0005 },
      makestep: { thresholdSeconds: 0.5, limit: 3 },
      maxStepSeconds: 3600,
      windows: [{ days: ['sat', 'sun'], fromMinutes: 1320, toMinutes: 240, zone: 'Europe/Berlin' }],
      stepWarningSeconds: 5,
      daemon: 'chrony',
      degrade: 'allow',
      takeOwnership: true,
      protectedNames: ['/etc/chrony.conf', 'chrony.service'],
      rollout: { serial: [1, '10%', '100%'], maxFail: '5%', settleTimeoutSeconds: 60, confirmTimeoutSeconds: 300 },
      waivers: [
        { rule: 'chrony/no-clock-control', reason: 'container', expires: '2027-01-31' },
        { rule: 'clock/offset', reason: 'c', expires: null },
      ],
    });
  });

  it('reads makestep: false as never, and one wave without a list', () => {
    expect(resolve(BARE, '- {hosts: all, makestep: false, rollout: {serial: 5}}')?.settings).toMatchObject({
      makestep: null,
      rollout: { serial: [5] },
    });
  });

  it('refuses a host in two plays, at the second', () => {
    expect(mistake(BARE, '- hosts: all\n- hosts: h*\n')).toEqual({
      code: 'playbook/two-plays',
      exitCode: 65,
      detail: "The host 'h' is in play 1 and in play 2.",
      line: 2,
    });
  });

  it('refuses a play for a group that the inventory does not have', () => {
    expect(mistake('web: {hosts: {h: }}', '- hosts: wbe')).toMatchObject({
      code: 'inventory/no-match',
      exitCode: 65,
      line: 1,
      detail: expect.stringContaining("Did you mean 'web'?"),
    });
  });

  it('wants a guard that is longer than settling and 30 s', () => {
    expect(mistake(BARE, '- hosts: all\n  rollout:\n    confirm_timeout: 120\n')).toMatchObject({
      code: 'playbook/guard-too-short',
      exitCode: 65,
      line: 3,
    });
    expect(
      resolve(BARE, '- hosts: all\n  rollout: {confirm_timeout: 121}')?.settings.rollout.confirmTimeoutSeconds,
    ).toBe(121);
    expect(mistake('all: {hosts: {h: {tsync: {rollout: {settle_timeout: 10m}}}}}', null)).toMatchObject({
      code: 'playbook/guard-too-short',
      line: 1,
    });
  });

  it('refuses a wrong flag as wrong usage', () => {
    expect(mistake(BARE, null, { origin: 'the command line', values: { strategy: 'best' } })).toMatchObject({
      code: 'playbook/invalid-value',
      exitCode: 64,
      line: null,
    });
    expect(mistake(BARE, null, { origin: 'the command line', values: { stratgy: 'auto' } })).toMatchObject({
      code: 'playbook/unknown-key',
      exitCode: 64,
    });
  });

  it('gives what the innermost of any layers says, whatever the layers', () => {
    const value = fc.option(fc.record({ offset: fc.integer({ min: 1, max: 999 }) }), { nil: null });
    fc.assert(
      fc.property(value, value, value, (group, host, flag) => {
        const inventory = JSON.stringify({
          all: { vars: group && { tsync: { limits: group } }, hosts: { h: host && { tsync: { limits: host } } } },
        });
        const flags = flag && { origin: 'flag', values: { limits: flag } };
        expect(resolve(inventory, null, flags)?.settings.limits.offsetSeconds).toBe(
          (flag ?? host ?? group)?.offset ?? DEFAULT_SETTINGS.limits.offsetSeconds,
        );
      }),
    );
  });
});
