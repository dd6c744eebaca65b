import { breach, type Condition, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './observe.js';
import { isHyperv } from './seen.js';

export const HYPERV_CONDITIONS = {
  'azure/vm-size': (seen) => {
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
  'hyperv/driver': ({ facts }) => {
    if (!isHyperv(facts)) return null;
    const { moduleLoaded } = facts.hyperv;
    if (moduleLoaded.value === null) return doubt(moduleLoaded.reason);
    return moduleLoaded.value
      ? 'holds'
      : breach('no hv_utils', 'hv_utils', [evidence('/sys/module/hv_utils', 'not there')]);
  },
  'hyperv/kernel-steps': ({ facts, active }) => {
    const release = facts.kernel.value?.release ?? '';
    if (!isHyperv(facts) || active.length === 0 || !/^4\.(?:9|10)[.-]/.test(release)) return null;
    if (facts.hyperv.moduleLoaded.value === false) return 'holds';
    return breach(`Linux ${release} beside ${active.join(' and ')}`, 'Linux 4.11', [evidence('uname -r', release)]);
  },
  'hyperv/kernel-without-ptp': ({ facts }) => {
    const { timeSyncVersion, timeSyncOffered } = facts.hyperv;
    const version = timeSyncVersion.value;
    if (!isHyperv(facts) || version === null || Number(version) < 4 || timeSyncOffered.value === false) return null;
    if (facts.ptp.value === null) return doubt(facts.ptp.reason);
    if (facts.ptp.value.some(({ clockName }) => clockName === 'hyperv')) return 'holds';
    return breach('no PTP clock named hyperv', 'a PTP clock', [evidence('kernel log', `TimeSync version ${version}`)]);
  },
  'hyperv/lis-downloaded': ({ facts }) => {
    const lis = facts.hyperv.lis.value;
    if (!isHyperv(facts) || lis === null) return null;
    if (lis.kind === 'in-kernel') return 'holds';
    return breach(`downloaded, ${lis.version}`, 'those of the kernel', [evidence('modinfo hv_vmbus', lis.version)]);
  },
  'hyperv/protocol': ({ facts }) => {
    const version = facts.hyperv.timeSyncVersion.value;
    if (!isHyperv(facts) || version === null) return null;
    return Number(version) >= 4
      ? 'holds'
      : breach(version, '4.0', [evidence('kernel log', `TimeSync version ${version}`)]);
  },
  'hyperv/timesync-mode': ({ facts, active }) => {
    const mode = facts.hyperv.parameters.value?.timesync_mode;
    if (mode === undefined || active.length === 0) return null;
    if (!/^[Yy1]/.test(mode)) return 'holds';
    const seen = [evidence('/sys/module/hv_utils/parameters/timesync_mode', mode)];
    return breach(`${mode} beside ${active.join(' and ')}`, 'N, or no daemon', seen);
  },
  'hyperv/timesync-offered': ({ facts }) => {
    const { timeSyncOffered } = facts.hyperv;
    if (!isHyperv(facts) || timeSyncOffered.value === null) return null;
    if (timeSyncOffered.value) return 'holds';
    return breach('switched off at the host', 'switched on', [
      evidence('/sys/bus/vmbus/devices', 'no TimeSync device'),
    ]);
  },
} satisfies Record<string, Condition>;

/** Standard_D2s_v3, Standard_E4_v3, Standard_F8s_v2, Standard_DS3_v2. */
const LESS_EXACT = /^Standard_[DEF][A-Za-z]*[0-9]+[A-Za-z0-9-]*_v[23]$/;
