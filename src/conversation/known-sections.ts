import type { Section } from '#snapshot/snapshot.js';

/** Names of sections: whole ones, and beginnings, which end in a colon or a slash. */
type Names = Readonly<Record<Section['kind'], readonly string[]>>;

/** Everything that the probe prints. */
const PROBE: Names = {
  file: ['/'],
  command: [
    'uid',
    'uname',
    'modinfo',
    'dmesg',
    'journalctl',
    'systemd',
    'services',
    'last-words:',
    'packages:',
    'chronyd-version',
    'chrony-check',
    'tracking',
    'tracking-text',
    'sources',
    'sources-text',
    'sourcestats',
    'selectdata',
    'authdata',
    'ntpq-peers',
    'ntpq-system',
    'openntpd',
    'vmware-timesync',
    'timesync',
    'timesync-status',
    'timesync-unit',
  ],
  values: [
    'system',
    'ptp',
    'hyperv',
    'log:',
    'processes',
    'cmdline:',
    'links:',
    'init-scripts',
    'chrony-config',
    'ntp-config',
    'dhcp-servers',
    'udev-rules:',
    'clock-jobs',
    'transactions',
    'module-parameters',
  ],
};

/** What each program may print, and nothing else: a section that is in no table is refused, and its host with it. */
const PROGRAMS = {
  probe: PROBE,
  // also probes, lists (`transactions`) and tells
  settle: {
    file: PROBE.file,
    command: [...PROBE.command, 'preflight:'],
    values: [...PROBE.values, 'entry:', 'content:', 'record'],
  },
  packages: { file: [], command: ['preview:', 'madison:'], values: [] },
  apply: { file: [], command: [], values: [] },
} as const satisfies Readonly<Record<string, Names>>;

export type ProgramKind = keyof typeof PROGRAMS;

/** Whether a section is one that this program prints. */
export function knownSections(program: ProgramKind): (kind: Section['kind'], name: string) => boolean {
  const names: Names = PROGRAMS[program];
  return (kind, name) => names[kind].some((known) => (/[:/]$/.test(known) ? name.startsWith(known) : name === known));
}
