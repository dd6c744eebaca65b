import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { demoInventory, demoKnownHosts } from '#demo/demo-inventory.js';
import { distributions } from '#demo/distributions.js';
import { fleet } from '#demo/fleet.js';
import { hostFiles } from '#demo/host-files.js';
import { parseInventory } from '#inventory/parse-inventory.js';

describe('the fleet', () => {
  test('has fourteen hosts with names of their own', () => {
    expect(new Set(fleet.map((host) => host.name)).size).toBe(14);
  });

  test('has no two hosts alike, even apart from their names', () => {
    const digests = fleet.map((host) => {
      const files = hostFiles({ ...host, name: 'x', about: '' });
      const text = JSON.stringify([host.fault, host.settings, [...files.files], [...files.links], files.units]);
      return createHash('sha256').update(text).digest('hex');
    });
    expect(new Set(digests).size).toBe(fleet.length);
  });

  test('has what a fleet of some years has', () => {
    const versions = fleet
      .filter((host) => host.daemons.includes('chrony'))
      .map((host) => distributions[host.distribution].chrony[0]);
    expect(versions).toEqual(expect.arrayContaining(['3.2', '3.4', '4.0', '4.3', '4.6.1']));
    expect(new Set(fleet.map((host) => host.platform))).toEqual(new Set(['azure', 'hyperv', 'kvm', 'vmware', 'aws']));
    expect(new Set(fleet.map((host) => host.fault))).toEqual(
      new Set(['none', 'unreachable', 'host-key-changed', 'no-sudo', 'noisy', 'wrong-phc']),
    );
    expect(fleet.map((host) => host.daemons.join('+'))).toEqual(
      expect.arrayContaining(['timesyncd', 'ntpd', 'timesyncd+chrony']),
    );
    expect(
      fleet.some((host) => host.clocks[0]?.clockName === 'mlx5_p2p' && host.clocks[1]?.clockName === 'hyperv'),
    ).toBe(true);
  });

  test('is the same at every call', () => {
    for (const host of fleet) expect(hostFiles(host)).toEqual(hostFiles(host));
  });
});

describe('the inventory of the demo', () => {
  const places = fleet.map((host, index) => ({
    host,
    port: 20_000 + index,
    knownKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKxcBgqfi+CFG68XdwzpchmzGkMQVyFS6UyQBl3Jvq${index % 10}G`,
    folder: `/demo/hosts/${host.name}`,
  }));
  const inventory = parseInventory(demoInventory(places, '/demo/id_ed25519'), 'inventory.yaml');

  test('says where each host is, by which key, and below which folder its programs stay', () => {
    expect([...inventory.hosts.keys()].sort()).toEqual(fleet.map((host) => host.name).sort());
    for (const place of places) {
      const host = inventory.hosts.get(place.host.name);
      expect(host?.connection).toMatchObject({
        address: '127.0.0.1',
        port: place.port,
        user: 'ops',
        become: true,
        hostKeys: [place.knownKey],
        privateKeyFiles: ['/demo/id_ed25519'],
      });
      expect(host?.vars).toMatchObject({ tsync_root: `${place.folder}/root`, tsync_bin: `${place.folder}/bin` });
      expect(host?.groups).toContain(place.host.platform);
    }
  });

  test('carries the settings of hosts that have their own', () => {
    const settings = (name: string) => inventory.hosts.get(name)?.settings.map((layer) => layer.values);
    expect(settings('pay01')?.at(-1)).toMatchObject({ strategy: 'ptp-only' });
    expect(settings('web01')).toEqual([{ rollout: { settle_timeout: 15, confirm_timeout: 60 } }]);
  });

  test('has its keys as known_hosts too', () => {
    expect(demoKnownHosts(places.slice(0, 1))).toBe(`[127.0.0.1]:20000 ${places[0]?.knownKey}\n`);
  });
});
