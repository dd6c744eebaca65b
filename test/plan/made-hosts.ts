import { readFileSync } from 'node:fs';
import { DEFAULT_SETTINGS, type NtpServer, type ResolvedSettings, type Settings } from '#settings/settings.js';
import { HYPERV_PTP, type MadeHost } from '../policy/make-facts.js';

/** A real or made chrony.conf from the fixtures, one character a byte. */
export function chronyConf(name: string): string {
  return readFileSync(new URL(`../fixtures/chrony/chrony-conf-${name}.txt`, import.meta.url), 'latin1');
}

const azure = { cloud: 'azure', virtualization: 'hyperv', ptp: [HYPERV_PTP] } as const;
const debian12 = { family: 'debian', versionId: '12', chrony: '4.3', systemd: 252 } as const;
const rhel7 = { family: 'rhel', versionId: '7.9', chrony: '3.4', systemd: 219 } as const;
const ubuntu1804 = { family: 'debian', versionId: '18.04', chrony: '3.2', systemd: 237 } as const;
const ubuntu2204 = { family: 'debian', versionId: '22.04', chrony: '4.2', systemd: 249 } as const;
const rhel9 = { family: 'rhel', versionId: '9.4', chrony: '4.5', systemd: 252 } as const;
const DEBIAN_MAIN = '/etc/chrony/chrony.conf';

/** Hosts that the laws are tried on, by name. */
export const MADE_HOSTS: { readonly [name: string]: MadeHost } = {
  'debian12-plain': { ...debian12, files: { [DEBIAN_MAIN]: chronyConf('debian12') } },
  'debian12-azure': { ...debian12, ...azure, files: { [DEBIAN_MAIN]: chronyConf('debian12') } },
  'debian12-hyperv': { ...debian12, ...azure, cloud: 'none', files: { [DEBIAN_MAIN]: chronyConf('debian12') } },
  'debian12-aws-two-daemons': {
    ...debian12,
    cloud: 'aws',
    others: ['timesyncd', 'ntpsec'],
    files: { [DEBIAN_MAIN]: chronyConf('debian12') },
  },
  'debian12-azure-by-index': {
    ...debian12,
    ...azure,
    ptp: [
      { device: 'ptp0', clockName: 'mlx5_p2p', symlinks: [] },
      { ...HYPERV_PTP, device: 'ptp1' },
    ],
    files: { [DEBIAN_MAIN]: `${chronyConf('debian12')}refclock PHC /dev/ptp0 poll 3 dpoll -2 offset 0\n` },
  },
  'debian12-azure-implicit': {
    ...debian12,
    ...azure,
    parameters: { timesync_implicit: 'Y' },
    files: { [DEBIAN_MAIN]: chronyConf('debian12') },
  },
  'rhel7-azure-no-symlink': {
    ...rhel7,
    ...azure,
    ptp: [{ ...HYPERV_PTP, symlinks: [] }],
    files: { '/etc/chrony.conf': chronyConf('rhel7') },
  },
  'rhel8-azure': {
    ...rhel9,
    ...azure,
    versionId: '8.6',
    chrony: '3.5',
    systemd: 239,
    files: { '/etc/chrony.conf': chronyConf('rhel8') },
  },
  'rhel9-azure': { ...rhel9, ...azure, files: { '/etc/chrony.conf': chronyConf('rhel9') } },
  'rhel9-stopped': { ...rhel9, chronyActive: false, files: { '/etc/chrony.conf': chronyConf('rhel9') } },
  'ubuntu1804-azure': { ...ubuntu1804, ...azure, files: { [DEBIAN_MAIN]: chronyConf('ubuntu1804') } },
  'ubuntu2204-azure-image': { ...ubuntu2204, ...azure, files: { [DEBIAN_MAIN]: chronyConf('azure-ubuntu2204') } },
  'ubuntu2204-no-newline': { ...ubuntu2204, files: { [DEBIAN_MAIN]: chronyConf('ubuntu2204').trimEnd() } },
};

export function server(address: string, more: Partial<NtpServer> = {}): NtpServer {
  const base = { pool: false, iburst: true, nts: false, prefer: false, trust: false };
  return { address, ...base, minpoll: null, maxpoll: null, key: null, ...more };
}

export function withSettings(settings: Partial<Settings>): ResolvedSettings {
  return { settings: { ...DEFAULT_SETTINGS, ...settings }, origins: {} };
}
