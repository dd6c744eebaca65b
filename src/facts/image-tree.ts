import { PLATFORMS, type PlatformName } from '#inventory/platforms.js';
import { known, unknown } from './fact.js';
import type { Cloud, Fact, Facts, PtpDevice, Virtualization } from './facts.js';

/** What only a running system has. */
const NONE = unknown('an image has none');

const TARGETS: { readonly [P in PlatformName]: { readonly virtualization: Virtualization; readonly cloud: Cloud } } = {
  azure: { virtualization: 'hyperv', cloud: 'azure' },
  hyperv: { virtualization: 'hyperv', cloud: 'none' },
  aws: { virtualization: 'kvm', cloud: 'aws' },
  gcp: { virtualization: 'kvm', cloud: 'gcp' },
  kvm: { virtualization: 'kvm', cloud: 'none' },
  vmware: { virtualization: 'vmware', cloud: 'none' },
  none: { virtualization: 'none', cloud: 'none' },
};

/**
 * The facts of an image tree: what is in files stays, and what only a running system could tell is unknown with that reason,
 * whatever the machine that builds it has. `platform`: where it will boot; the PTP clock of Hyper-V will be there then.
 */
export function imageFacts(facts: Facts, platform: string | undefined): Facts {
  const target = PLATFORMS.filter((name) => name === platform).map((name) => TARGETS[name])[0];
  const unsaid = unknown('the inventory names no platform for this image');
  return {
    ...facts,
    kernel: NONE,
    virtualization: target ? known(target.virtualization) : unsaid,
    cloud: target ? known(target.cloud) : unsaid,
    clocksource: NONE,
    clocksources: NONE,
    hyperv: {
      hostBuild: NONE,
      timeSyncVersion: NONE,
      lis: NONE,
      moduleLoaded: NONE,
      timeSyncOffered: NONE,
      parameters: NONE,
    },
    ptp: ptpOf(target?.virtualization, facts),
    chrony: {
      ...facts.chrony,
      tracking: NONE,
      sources: NONE,
      statistics: NONE,
      selection: NONE,
      authentication: NONE,
      configCheck: known({ verdict: 'not-asked' }),
    },
    timesyncd: NONE,
    ntpd: NONE,
    openntpd: NONE,
    daemons: facts.daemons.map((daemon) => ({ ...daemon, active: NONE })),
    dhcpServers: NONE,
    vmSize: NONE,
    clock: NONE,
    uptimeSeconds: NONE,
    selinux: NONE,
    around: { ...facts.around, programs: NONE, strangers: NONE, enaPhc: NONE, vmwareTimeSync: NONE },
  };
}

/** Every guest of Hyper-V has that clock; whether others have theirs depends on the machine. */
function ptpOf(virtualization: Virtualization | undefined, { around }: Facts): Fact<readonly PtpDevice[]> {
  if (virtualization === 'none') return known([]);
  if (virtualization !== 'hyperv') return NONE;
  const isNamed = around.udevRules.value?.some((line) => line.includes('ptp_hyperv')) === true;
  return known([{ device: 'ptp0', clockName: 'hyperv', symlinks: isNamed ? ['/dev/ptp_hyperv'] : [] }]);
}
