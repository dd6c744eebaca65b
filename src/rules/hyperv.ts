import { breach, doubt, noLine } from './answer.js';
import { AZURE } from './citations.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { isHyperv } from './seen.js';

/** What a Hyper-V host and its driver do with the clock of a guest. */
export const HYPERV_RULES = [
  {
    id: 'azure/vm-size',
    severity: 'info',
    sentence: 'The hosts of this VM size have an accurate clock.',
    broken: 'The hosts of this VM size often have a clock that is less accurate than NTP.',
    brokenAt: 'Hosts of the VM size {found} often have a clock that is less accurate than NTP.',
    applies: 'In Azure, where the size of the VM is known and chronyd has its PTP clock.',
    source: 'Azure/AgentBaker#6799 and #6806: on sizes D, E and F of v2 and v3 the PTP clock is not preferred to NTP',
    remedy: 'Set prefer: ntp for this host, after phc/compared or the strategy monitor has shown the difference.',
    condition: (seen) => {
      const { facts, settings, refclocks } = seen;
      const size = facts.vmSize.value;
      const used = refclocks.filter(
        ({ device, options }) => device?.clockName === 'hyperv' && !options.includes('noselect'),
      );
      if (facts.cloud.value !== 'azure' || size === null) return null;
      if (used.length === 0) return noLine(seen);
      if (!LESS_EXACT.test(size) || settings.prefer === 'ntp') return 'holds';
      return breach(size, 'prefer: ntp, or a newer size', [
        evidence('size of the VM', size),
        ...used.map(({ placed }) => lineEvidence(placed)),
      ]);
    },
  },
  {
    id: 'hyperv/driver',
    severity: 'medium',
    sentence: 'The driver hv_utils is loaded; through it the host corrects the clock after a pause.',
    broken: 'The driver hv_utils is not loaded: after a pause nobody corrects the clock at once.',
    applies: 'On Hyper-V.',
    source: `kernel: drivers/hv/hv_util.c; ${AZURE}`,
    remedy: 'Load hv_utils, now and at boot; the kernel needs CONFIG_HYPERV_UTILS.',
    condition: ({ facts }) => {
      if (!isHyperv(facts)) return null;
      const { moduleLoaded } = facts.hyperv;
      if (moduleLoaded.value === null) return doubt(moduleLoaded.reason);
      return moduleLoaded.value
        ? 'holds'
        : breach('no hv_utils', 'hv_utils', [evidence('/sys/module/hv_utils', 'not there')]);
    },
  },
  {
    id: 'hyperv/host-discipline',
    severity: 'high',
    sentence: 'The driver hv_utils keeps the clock on the time of the host.',
    broken: 'The driver hv_utils does not keep the clock on the time of the host.',
    applies: 'With the strategy host-only.',
    source:
      'kernel: drivers/hv/hv_util.c since 4.11: without timesync_implicit samples set the clock only at boot and resume',
    remedy: 'Use the strategy ptp-only: chrony then follows the time of the host.',
    condition: null,
  },
  {
    id: 'hyperv/implicit-timesync',
    severity: 'high',
    sentence: 'The driver hv_utils does not set the clock while a time daemon runs.',
    broken: 'The driver hv_utils and a time daemon both set the clock.',
    applies: 'Where hv_utils has the parameter timesync_implicit and a daemon keeps the clock.',
    source: 'kernel: drivers/hv/hv_util.c, parameter timesync_implicit; microsoft/WSL#11790',
    remedy: 'Set timesync_implicit to N, now and in /etc/modprobe.d.',
    condition: null,
  },
  {
    id: 'hyperv/kernel-steps',
    severity: 'high',
    sentence: 'The driver hv_utils does not step the clock every five seconds.',
    broken: 'The driver hv_utils of this kernel steps the clock every five seconds.',
    applies: 'On Hyper-V with Linux 4.9 or 4.10, where a time daemon runs.',
    source: 'kernel commits 8e1d260738ca and 2e338f7e034f (4.9), ended by 3716a49a81ba (4.11); linuxkit/linuxkit#992',
    remedy: 'Update the kernel to 4.11 or later.',
    condition: ({ facts, active }) => {
      const release = facts.kernel.value?.release ?? '';
      if (!isHyperv(facts) || active.length === 0 || !/^4\.(?:9|10)[.-]/.test(release)) return null;
      if (facts.hyperv.moduleLoaded.value === false) return 'holds';
      return breach(`Linux ${release} beside ${active.join(' and ')}`, 'Linux 4.11', [evidence('uname -r', release)]);
    },
  },
  {
    id: 'hyperv/kernel-without-ptp',
    severity: 'info',
    sentence: 'The kernel offers the time that the host sends as a PTP clock.',
    broken: 'The host sends its time, but the kernel does not offer it as a PTP clock.',
    applies: 'On Hyper-V where host and guest speak TimeSync 4.0.',
    source:
      'kernel: drivers/hv/hv_util.c since 4.11 (RHEL 7: 3.10.0-693) with CONFIG_PTP_1588_CLOCK; "hv_utils: cannot register PTP clock: 0"',
    remedy: 'Use a kernel with CONFIG_PTP_1588_CLOCK, or use NTP.',
    condition: ({ facts }) => {
      const { timeSyncVersion, timeSyncOffered } = facts.hyperv;
      const version = timeSyncVersion.value;
      if (!isHyperv(facts) || version === null || Number(version) < 4 || timeSyncOffered.value === false) return null;
      if (facts.ptp.value === null) return doubt(facts.ptp.reason);
      if (facts.ptp.value.some(({ clockName }) => clockName === 'hyperv')) return 'holds';
      return breach('no PTP clock named hyperv', 'a PTP clock', [
        evidence('kernel log', `TimeSync version ${version}`),
      ]);
    },
  },
  {
    id: 'hyperv/lis-downloaded',
    severity: 'info',
    sentence: 'The Hyper-V drivers come from the kernel.',
    broken: 'The Hyper-V drivers come from a download (LIS), not from the kernel.',
    applies: 'On Hyper-V where tsync could read the version of the drivers.',
    source: 'LIS/lis-next: the last download is 4.3.5, for RHEL and CentOS 5 to 7; every later kernel has its own',
    remedy: 'Remove the downloaded drivers where the kernel has newer ones.',
    condition: ({ facts }) => {
      const lis = facts.hyperv.lis.value;
      if (!isHyperv(facts) || lis === null) return null;
      if (lis.kind === 'in-kernel') return 'holds';
      return breach(`downloaded, ${lis.version}`, 'those of the kernel', [evidence('modinfo hv_vmbus', lis.version)]);
    },
  },
  {
    id: 'hyperv/protocol',
    severity: 'info',
    sentence: 'Host and guest speak TimeSync 4.0, whose samples say when they were taken.',
    broken: 'Host and guest speak an old version of TimeSync, whose samples do not say when they were taken.',
    brokenAt: 'Host and guest speak TimeSync {found}, whose samples do not say when they were taken.',
    applies: 'On Hyper-V where the version was read.',
    source:
      'kernel: drivers/hv/hv_util.c: before 4.0 (hosts before Windows Server 2016) the delay of a sample is not known',
    remedy: 'Use NTP as well on this host.',
    condition: ({ facts }) => {
      const version = facts.hyperv.timeSyncVersion.value;
      if (!isHyperv(facts) || version === null) return null;
      return Number(version) >= 4
        ? 'holds'
        : breach(version, '4.0', [evidence('kernel log', `TimeSync version ${version}`)]);
    },
  },
  {
    id: 'hyperv/ptp-offered',
    severity: 'medium',
    sentence: 'The Hyper-V host offers its clock as a PTP clock.',
    broken: 'The Hyper-V host offers no PTP clock.',
    applies: 'On Hyper-V, where the strategy asks for the PTP clock.',
    source: 'kernel since 4.11, RHEL 7 since 3.10.0-693; LIS/lis-next#649: TimeSync switched off in the VM settings',
    remedy: 'Switch on the integration service "Time synchronization" of the VM, or update the kernel.',
    needsRunning: true,
    condition: null,
  },
  {
    id: 'hyperv/timesync-mode',
    severity: 'high',
    sentence: 'The downloaded driver does not discipline the clock while a time daemon runs.',
    broken: 'The downloaded driver disciplines the clock, and a time daemon runs as well.',
    applies: 'Where hv_utils has the parameter timesync_mode and a time daemon runs.',
    source: 'LIS/lis-next hv-rhel6.x: timesync_mode=Y sets the clock with every sample (cockroachdb/cockroach#16939)',
    remedy: 'Stop the daemon, or set timesync_mode to N, now and in /etc/modprobe.d.',
    condition: ({ facts, active }) => {
      const mode = facts.hyperv.parameters.value?.timesync_mode;
      if (mode === undefined || active.length === 0) return null;
      if (!/^[Yy1]/.test(mode)) return 'holds';
      const seen = [evidence('/sys/module/hv_utils/parameters/timesync_mode', mode)];
      return breach(`${mode} beside ${active.join(' and ')}`, 'N, or no daemon', seen);
    },
  },
  {
    id: 'hyperv/timesync-offered',
    severity: 'low',
    sentence: 'The host offers TimeSync, which corrects the clock after a pause.',
    broken: 'TimeSync is switched off at the host: after a pause nobody corrects the clock at once.',
    applies: 'On Hyper-V where the devices of VMBus were read.',
    source: `LIS/lis-next#649: the integration service is switched off in the settings of the VM; ${AZURE}`,
    remedy:
      'Switch on the integration service "Time synchronization" of the VM; waive this where it is off on purpose.',
    condition: ({ facts }) => {
      const { timeSyncOffered } = facts.hyperv;
      if (!isHyperv(facts) || timeSyncOffered.value === null) return null;
      if (timeSyncOffered.value) return 'holds';
      return breach('switched off at the host', 'switched on', [
        evidence('/sys/bus/vmbus/devices', 'no TimeSync device'),
      ]);
    },
  },
] as const satisfies readonly Rule[];

/** Standard_D2s_v3, Standard_E4_v3, Standard_F8s_v2, Standard_DS3_v2. */
const LESS_EXACT = /^Standard_[DEF][A-Za-z]*[0-9]+[A-Za-z0-9-]*_v[23]$/;
