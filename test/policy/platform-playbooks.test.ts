import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readChronyConfig } from '#config/read-chrony-config.js';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { assess } from '#plan/assess.js';
import type { HostPlan } from '#plan/plan.js';
import { parsePlaybook } from '#playbook/playbook.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import { REFCLOCK_SCRIPT_PATH } from '#policy/refclock.js';
import { bytesToText } from '#snapshot/bytes.js';
import { readPlaybook } from '#sources/read-playbook.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { applyToFacts } from '../plan/apply-to-facts.js';

const playbooks = fileURLToPath(new URL('../../playbooks/', import.meta.url));
const inventory = parseInventory('all: {hosts: {h: }}', 'i');
const SITE = ['server 192.0.2.1 iburst', 'server 192.0.2.2 iburst', 'server 192.0.2.3 iburst'];

/** Playbook, fixture host, the strategy that is taken, and the sources that chronyd has then. */
const CASES = [
  [
    'azure',
    'rhel-8.10',
    'ptp+ntp',
    ['server time.windows.com iburst', 'hyperv poll 3 dpoll -2 offset 0 stratum 2 prefer'],
  ],
  ['azure', 'ubuntu-18.04', 'ptp+ntp', ['server time.windows.com iburst', 'hyperv poll 3 dpoll -2 offset 0 prefer']],
  ['azure', 'centos-7.3', 'ntp-only', ['server time.windows.com iburst']],
  ['hyperv-on-prem', 'almalinux-8', 'monitor', [...SITE, 'hyperv poll 3 dpoll -2 offset 0 stratum 2 noselect']],
  ['aws', 'ubuntu-24.04-aws', 'host+ntp', ['server 169.254.169.123 iburst minpoll 4 maxpoll 4']],
  ['aws', 'amazon-linux-2', 'host+ntp', ['server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4']],
  ['aws', 'amazon-linux-2023', 'host+ntp', ['server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4']],
  [
    'aws-ptp',
    'amazon-linux-2023',
    'ptp+ntp',
    ['pool 2.amazon.pool.ntp.org iburst', 'ena-ptp-* poll 0 delay 0.000010 prefer'],
  ],
  [
    'gcp',
    'debian-12-gcp',
    'ptp+ntp',
    ['server metadata.google.internal prefer iburst', 'KVM virtual PTP poll -1 prefer'],
  ],
  ['gcp', 'fedora-43', 'ptp+ntp', ['server metadata.google.internal prefer iburst', 'KVM virtual PTP poll -1 prefer']],
  ['oracle-cloud', 'oracle-9', 'host+ntp', ['server 169.254.169.254 iburst']],
  ['alibaba-cloud', 'ubuntu-22.04-alibaba', 'host+ntp', ['server ntp.cloud.aliyuncs.com iburst minpoll 4 maxpoll 10']],
  ['kvm', 'ubuntu-24.04-kvm', 'monitor', [...SITE, 'KVM virtual PTP poll 2 noselect']],
  ['kvm', 'centos-stream-9', 'host+ntp', SITE],
  ['vmware', 'ubuntu-22.04-vmware-clock', 'monitor', [...SITE, 'ptp_vmw poll 2 dpoll -2 noselect']],
  ['vmware', 'ubuntu-22.04-vmware', 'host+ntp', SITE],
] as const;

/** Where the servers that are configured stay beside them. */
const BESIDE = new Set([
  'hyperv-on-prem almalinux-8',
  'oracle-cloud oracle-9',
  'alibaba-cloud ubuntu-22.04-alibaba',
  'kvm ubuntu-24.04-kvm',
  'vmware ubuntu-22.04-vmware-clock',
]);

describe('the playbook of a platform', () => {
  it.each(CASES)('%s gives %s the strategy %s and %j', async (name, row, strategy, sources) => {
    const { facts, plan } = await planOf(name, row);
    expect(plan.strategy.taken, plan.strategy.reason).toBe(strategy);
    const seen = sourcesOf(applyToFacts(facts, plan.changes)).filter((line) => !line.startsWith('leapsectz'));
    expect(seen).toEqual(BESIDE.has(`${name} ${row}`) ? expect.arrayContaining([...sources]) : [...sources]);
  });

  it.each(CASES)(
    '%s leaves %s nothing to change a second time, and no mix of smeared and other sources',
    async (name, row) => {
      const { facts, plan, again } = await planOf(name, row);
      const second = again(applyToFacts(facts, plan.changes));
      expect(second.changes).toEqual([]);
      expect(second.findings.filter(({ rule, status }) => SMEAR.has(rule) && status === 'violation')).toEqual([]);
    },
  );

  it.each(['ubuntu-24.04-aws', 'amazon-linux-2', 'debian-12-gcp', 'fedora-43'])(
    'a smearing server of the cloud stands alone on %s',
    async (row) => {
      const { facts, plan } = await planOf(row.includes('gcp') || row.includes('fedora') ? 'gcp' : 'aws', row);
      const lines = sourcesOf(applyToFacts(facts, plan.changes)).filter((line) =>
        /^(server|pool|peer|leapsectz) /.test(line),
      );
      expect(lines).toHaveLength(1);
    },
  );

  it('a PTP clock that does not smear is refused beside a server that does', async () => {
    const { plan } = await planOf('host+ptp', 'amazon-linux-2023');
    expect(plan.changes).toEqual([]);
    expect(plan.strategy.reason).toContain('Leap seconds are smeared by 169.254.169.123');
  });

  it.each(['ignore', 'keep'] as const)(
    'dhcp_servers: %s holds where the servers that are configured stay',
    async (word) => {
      const { facts } = await planOf('kvm', 'ubuntu-24.04-kvm');
      const playbook = parsePlaybook(`- {hosts: all, strategy: host+ptp, dhcp_servers: ${word}}`, 'p.yaml');
      const settings = resolveSettings(inventory.hosts.get('h')!, inventory, playbook, null)!;
      const plan = assess({ host: 'h', facts, settings, snapshotDigest: 'digest', today: '2026-11-22' });
      const after = applyToFacts(facts, plan.changes).files.get('/etc/chrony/chrony.conf');
      const text = after?.state === 'present' ? bytesToText(after.bytes) : '';
      expect(text).toContain(word === 'ignore' ? '#tsync# sourcedir /run/chrony-dhcp' : '\nsourcedir /run/chrony-dhcp');
      expect(text).toContain('\npool ntp.ubuntu.com');
    },
  );

  it('EL6 with Linux Integration Services: the driver keeps the clock, now and after a boot, and ntpd is off', async () => {
    const { facts, plan, again } = await planOf('host-only', 'centos-6');
    const after = applyToFacts(facts, plan.changes);
    expect(plan.changes.map(({ id }) => id)).toEqual([
      'file:/etc/modprobe.d/tsync-hv_utils.conf',
      'service:ntpd',
      'module-parameter:hv_utils.timesync_mode',
    ]);
    expect(after.hyperv.parameters.value?.timesync_mode).toBe('Y');
    expect(after.services.get('ntpd')).toMatchObject({ activeState: 'inactive' });
    expect(again(after).changes).toEqual([]);
    const { plan: without } = await planOf('host-only', 'oracle-6');
    expect([without.changes, without.strategy.taken]).toEqual([[], 'none']);
  });

  it('a server that somebody chose stays, and is reported', async () => {
    const { facts, again } = await planOf('aws', 'ubuntu-24.04-aws');
    const path = '/etc/chrony/sources.d/site.sources';
    const bytes = new TextEncoder().encode('server 10.1.1.1 iburst\n');
    const present = { state: 'present', bytes, mode: '0644', owner: 'root', group: 'root', truncated: false } as const;
    const chosen = again({
      ...facts,
      chrony: { ...facts.chrony, configFiles: [...facts.chrony.configFiles, path] },
      files: new Map([...facts.files, [path, { ...present, resolvedTo: null, writers: 'root' }]]),
    });
    expect(chosen.findings.filter(({ status }) => status === 'drift').map(({ rule }) => rule)).not.toContain(
      'sources/foreign-servers',
    );
    expect(chosen.findings.find(({ rule }) => rule === 'sources/cloud-endpoint')?.status).toBe('violation');
  });
});

const SMEAR = new Set(['sources/smear', 'chrony/leap-seconds-smeared']);

async function planOf(name: string, row: string) {
  const found = fixtureHosts().find((one) => one.row === row);
  if (found === undefined) throw new Error(`no row ${row}`);
  const playbook = await readPlaybook(`${playbooks}${name}.yaml`);
  const settings = resolveSettings(inventory.hosts.get('h')!, inventory, playbook, null)!;
  const facts = factsOf(found.snapshot);
  const again = (of: Facts): HostPlan =>
    assess({ host: row, facts: of, settings, snapshotDigest: 'digest', today: '2026-11-22' });
  return { facts, plan: again(facts), again };
}

/** Server lines that count, lines about leap seconds, and what the script at start puts in: name and options of the clock. */
function sourcesOf(facts: Facts): readonly string[] {
  const reading = readChronyConfig(facts);
  if (!reading.known) throw new Error(reading.reason);
  const lines = reading.config.files.flatMap(({ lines }) => lines).filter(({ disabled }) => !disabled);
  const wanted = lines.filter(({ directive }) =>
    ['server', 'pool', 'peer', 'refclock', 'leapsectz'].includes(directive ?? ''),
  );
  const script = facts.files.get(REFCLOCK_SCRIPT_PATH);
  const text = script?.state === 'present' ? bytesToText(script.bytes) : '';
  const [options, clock] = [/^options='(.*)'$/m.exec(text)?.[1], /^wanted='(.*)'$/m.exec(text)?.[1]];
  return [...wanted.map(({ text: line }) => line.trim()), ...(clock === undefined ? [] : [`${clock} ${options}`])];
}
