import { describe, expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import { fixtureHosts, madeFile, madeRows } from '../fixtures/hosts.js';
import { snapshotOf } from '../fixtures/made/snapshot-of.js';
import { snapshotToJson } from '../snapshot/snapshot-json.js';

describe('the fixture hosts', () => {
  it.each(madeRows.map((row) => [row.row, row] as const))('are what the probe prints today: %s', async (name, row) => {
    const snapshot = snapshotOf(row);
    expect(snapshot.complete).toBe(true);
    await expect(snapshotToJson(snapshot)).toMatchFileSnapshot(madeFile(name).pathname);
  });
});

/** The rows of the distribution matrix: id and the beginning of the version. */
const MATRIX = [
  ['centos', '5.'],
  ['centos', '6.'],
  ['ol', '6.'],
  ['centos', '7'],
  ['rhel', '7.'],
  ['ol', '7.'],
  ['rhel', '8.'],
  ['almalinux', '8.'],
  ['rhel', '9.'],
  ['centos', '9'],
  ['rocky', '9.'],
  ['ol', '9.'],
  ['rhel', '10.'],
  ['almalinux', '10.'],
  ...['14.04', '16.04', '18.04', '20.04', '22.04', '24.04', '25.10', '26.04'].map((version) => ['ubuntu', version]),
  ...['9', '10', '11', '12', '13'].map((version) => ['debian', version]),
  ...['11.', '12.', '15.', '16.'].map((version) => ['sles', version]),
  ['opensuse-leap', '15.'],
  ['opensuse-leap', '16.'],
  ['mariner', '2.'],
  ['azurelinux', '3.'],
  ['flatcar', ''],
  ['fedora', ''],
  ['rhcos', '4.'],
  ['amzn', '2018.03'],
  ['amzn', '2'],
  ['amzn', '2023'],
  ['alpine', '3.'],
] as const;

describe('the matrix of distributions', () => {
  const hosts = fixtureHosts();

  it('has a fixture host in every row, each named once', () => {
    const systems = hosts.map(({ snapshot }) => factsOf(snapshot).os.value);
    for (const [id, version] of MATRIX) {
      const found = systems.some((os) => os?.id === id && os.versionId.startsWith(version ?? ''));
      expect(found, `${id} ${version}`).toBe(true);
    }
    expect(new Set(hosts.map(({ row }) => row)).size).toBe(hosts.length);
  });

  it('knows the family of each, and every cloud and init once', () => {
    const facts = hosts.map(({ snapshot }) => factsOf(snapshot));
    expect(facts.map(({ os }) => os.value?.family)).not.toContain('other');
    const clouds = new Set(facts.flatMap(({ cloud }) => cloud.value ?? []));
    expect([...clouds].sort()).toEqual(['alibaba', 'aws', 'azure', 'gcp', 'none', 'oci']);
    const inits = new Set(facts.flatMap(({ init }) => init.value ?? []));
    expect([...inits].sort()).toEqual(['openrc', 'systemd', 'sysv', 'upstart']);
  });
});
