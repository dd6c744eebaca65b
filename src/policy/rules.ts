import type { Severity } from '#checks/verdict.js';

/** One thing that should be so on a host, why, and what helps. `tsync rules` prints them all. */
export interface Rule {
  /** `area/what` */
  readonly id: string;
  readonly severity: Severity;
  /** What should be so. */
  readonly sentence: string;
  /** Why it is true: manual page, kernel commit, document. */
  readonly source: string;
  readonly remedy: string;
}

const CHRONY_CONF = 'chrony.conf(5)';
const AZURE = 'https://learn.microsoft.com/azure/virtual-machines/linux/time-sync';

/** The one table, sorted by id. */
const TABLE = [
  {
    id: 'chrony/local-stratum',
    severity: 'high',
    sentence: 'chronyd does not announce its own free-running clock as a good one.',
    source: `${CHRONY_CONF}: local; a revision of the Azure page wrongly advised "local stratum 2"`,
    remedy: 'Remove the "local" line, or give it stratum 10 and no PTP clock beside it.',
  },
  {
    id: 'chrony/makestep',
    severity: 'medium',
    sentence: 'chronyd may step the clock after the host paused the VM.',
    source: `${CHRONY_CONF}: makestep (the last line counts); ${AZURE}`,
    remedy: 'Set "makestep 1.0 -1", or another value in the playbook under makestep.',
  },
  {
    id: 'chrony/maxchange',
    severity: 'medium',
    sentence: 'chronyd does not exit because of a large correction.',
    source: `${CHRONY_CONF}: maxchange makes chronyd exit, and a paused VM comes back with a large offset`,
    remedy: 'Remove the "maxchange" line where makestep is unlimited.',
  },
  {
    id: 'chrony/no-clock-control',
    severity: 'critical',
    sentence: 'chronyd sets the system clock.',
    source: 'chronyd(8): -x and -Q leave the clock alone, and every reading of the daemon still looks right',
    remedy: 'Remove -x from OPTIONS, DAEMON_OPTS or the unit; in a container waive this rule with the reason.',
  },
  {
    id: 'chrony/option-too-new',
    severity: 'critical',
    sentence: 'The configuration uses no option that this version of chronyd does not know.',
    source: 'NEWS of chrony: refclock option "stratum" since 3.3; an unknown option keeps chronyd from starting',
    remedy: 'Drop the option, or update chrony.',
  },
  {
    id: 'chrony/owned-elsewhere',
    severity: 'medium',
    sentence: 'The configuration of chronyd is not written by another tool.',
    source: 'marker in the file; the other tool would take our change back',
    remedy: 'Change it in that tool, or set take_ownership: true.',
  },
  {
    id: 'chrony/readable',
    severity: 'high',
    sentence: 'The configuration of chronyd can be read as a whole and edited in place.',
    source: 'a file that is not known as a whole is never edited',
    remedy: 'Run with root rights; make the file a regular one below /etc.',
  },
  {
    id: 'chrony/rtcsync',
    severity: 'low',
    sentence: 'The kernel copies the time to the hardware clock.',
    source: `${CHRONY_CONF}: rtcsync`,
    remedy: 'Add "rtcsync".',
  },
  {
    id: 'clock/daemon-offset',
    severity: 'medium',
    sentence: 'The daemon holds the clock close to its source.',
    source: 'chronyc(1): tracking, System time',
    remedy: 'Wait for the correction to end; if it does not, look at the source with chronyc sourcestats.',
  },
  {
    id: 'clock/offset',
    severity: 'critical',
    sentence: 'The clock is right by our own measurement.',
    source:
      'timestamps exchanged with the host over its SSH connection; a daemon that follows a wrong clock shows offset 0',
    remedy: 'Compare the source with another one; do not trust a PTP clock that disagrees with NTP.',
  },
  {
    id: 'clock/step',
    severity: 'high',
    sentence: 'No change of tsync steps the clock by more than max_step.',
    source: 'max_step of the playbook; a restart of chronyd re-arms makestep',
    remedy: 'Set a larger max_step for this host, or correct the clock by hand first.',
  },
  {
    id: 'clock/synchronised',
    severity: 'high',
    sentence: 'The daemon is synchronised.',
    source:
      'chronyc(1): tracking; an unsynchronised chronyd shows perfect numbers with reference 00000000 and stratum 0',
    remedy: 'See chronyc sources: reach 0 means that no answer comes from any source.',
  },
  {
    id: 'daemon/running',
    severity: 'critical',
    sentence: 'chronyd runs now and after the next boot.',
    source: 'systemd.unit(5): [Install]',
    remedy: 'Enable and start the unit.',
  },
  {
    id: 'daemon/single',
    severity: 'high',
    sentence: 'One program alone sets the clock.',
    source: 'https://github.com/systemd/systemd/issues/7104; CIS 2.3.1.1',
    remedy: 'Stop and disable the other time daemons.',
  },
  {
    id: 'host/open-transaction',
    severity: 'high',
    sentence: 'No other change of tsync waits for its confirmation on the host.',
    source: 'journal in /var/lib/tsync/tx',
    remedy: 'Wait until its guard has ended, or settle it.',
  },
  {
    id: 'host/supported',
    severity: 'info',
    sentence: 'The host is one that tsync can set: chrony under systemd on Debian, Ubuntu or the RHEL family from 7.',
    source: 'docs/strategies.md',
    remedy: 'Install chrony, or set the time of this host by other means.',
  },
  {
    id: 'hyperv/host-discipline',
    severity: 'high',
    sentence: 'The driver hv_utils keeps the clock on the time of the host.',
    source:
      'kernel: drivers/hv/hv_util.c since 4.11: samples set the clock only at boot and resume without timesync_implicit',
    remedy: 'Take the strategy ptp-only: it is the time of the host, through chrony.',
  },
  {
    id: 'hyperv/implicit-timesync',
    severity: 'high',
    sentence: 'The driver hv_utils does not set the clock beside a daemon.',
    source: 'kernel: drivers/hv/hv_util.c, parameter timesync_implicit; microsoft/WSL#11790',
    remedy: 'Set timesync_implicit to N, now and in /etc/modprobe.d.',
  },
  {
    id: 'hyperv/ptp-offered',
    severity: 'medium',
    sentence: 'The Hyper-V host offers its clock as a PTP clock.',
    source: 'kernel since 4.11, RHEL 7 since 3.10.0-693; LIS/lis-next#649: TimeSync switched off in the VM settings',
    remedy: 'Switch on the integration service "Time synchronization" of the VM, or update the kernel.',
  },
  {
    id: 'phc/by-index',
    severity: 'high',
    sentence: 'No PTP clock is configured by its number.',
    source: 'Azure/AKS#3710: /dev/ptp0 and /dev/ptp1 change places between boots',
    remedy: 'Name it /dev/ptp_hyperv.',
  },
  {
    id: 'phc/configured',
    severity: 'high',
    sentence: 'The PTP clock of the Hyper-V host is a source of chronyd, put in at start only if it is there.',
    source: `${AZURE}; a refclock whose device is missing keeps chronyd from starting`,
    remedy: 'Let tsync put it in.',
  },
  {
    id: 'phc/device-missing',
    severity: 'critical',
    sentence: 'Every refclock that is configured by a bare line has its device.',
    source: 'chronyd: "Fatal error : Could not open PHC"; Azure/WALinuxAgent#3038',
    remedy: 'Remove the line, or let tsync put it in at start only if the device is there.',
  },
  {
    id: 'phc/in-sources-file',
    severity: 'medium',
    sentence: 'No refclock stands in a *.sources file, where chronyd ignores it.',
    source: `${CHRONY_CONF}: sourcedir reads server, pool and peer only`,
    remedy: 'Move the line to chrony.conf or a confdir.',
  },
  {
    id: 'phc/selected',
    severity: 'high',
    sentence: 'chronyd follows the PTP clock of the Hyper-V host.',
    source: 'chronyc(1): sources, state *',
    remedy: 'See chronyc selectdata for the reason why it is not selected.',
  },
  {
    id: 'phc/symlink',
    severity: 'medium',
    sentence: 'The PTP clock of the Hyper-V host has the stable name /dev/ptp_hyperv.',
    source: 'systemd: rules.d/50-udev-default.rules (not on RHEL 7, Ubuntu 18.04, Debian before 12)',
    remedy: 'Add the udev rule.',
  },
  {
    id: 'phc/unwanted',
    severity: 'medium',
    sentence: 'The PTP clock of the Hyper-V host is no source of chronyd.',
    source: 'the strategy of the playbook',
    remedy: 'Remove the refclock.',
  },
  {
    id: 'phc/watched',
    severity: 'medium',
    sentence: 'chronyd reads the PTP clock of the Hyper-V host, to compare it.',
    source: 'chrony.conf(5): noselect; chronyc(1): sources, Reach',
    remedy: 'See the journal of chronyd: a device that cannot be read, or samples that the driver refuses as stale.',
  },
  {
    id: 'sources/dhcp',
    severity: 'low',
    sentence: 'No NTP server comes from DHCP.',
    source: `${CHRONY_CONF}: sourcedir /run/chrony-dhcp; dhcp_servers: ignore`,
    remedy: 'Switch off the sourcedir, or set dhcp_servers: keep.',
  },
  {
    id: 'sources/foreign-servers',
    severity: 'medium',
    sentence: 'chronyd uses no NTP server that the strategy does not ask for.',
    source: 'the strategy of the playbook; PCI DSS 10.6.2',
    remedy: 'Switch off the other server, pool and peer lines.',
  },
  {
    id: 'sources/none',
    severity: 'critical',
    sentence: 'chronyd has a source of time.',
    source: `${CHRONY_CONF}: server, pool, refclock`,
    remedy: 'Name NTP servers in the playbook under ntp_servers.',
  },
  {
    id: 'sources/playbook-servers',
    severity: 'high',
    sentence: 'chronyd uses the NTP servers of the playbook.',
    source: 'ntp_servers of the playbook',
    remedy: 'Let tsync add them.',
  },
  {
    id: 'sources/selected',
    severity: 'high',
    sentence: 'chronyd follows a source of the kind that the strategy asks for.',
    source: 'chronyc(1): sources, state *',
    remedy: 'See chronyc selectdata for the reason why none is selected.',
  },
  {
    id: 'strategy/possible',
    severity: 'high',
    sentence: 'The host can have the strategy that was asked for.',
    source: 'docs/strategies.md',
    remedy: 'Choose another strategy for this host, or set degrade: allow.',
  },
] as const satisfies readonly Rule[];

export type KnownRuleId = (typeof TABLE)[number]['id'];

export const RULES: readonly Rule[] = TABLE;

/** The rule of that id; an id that no rule has is a bug, which the type prevents. */
export function ruleOf(id: string): Rule {
  const rule = BY_ID.get(id);
  if (rule === undefined) throw new Error(`no rule has the id ${id}`);
  return rule;
}

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));
