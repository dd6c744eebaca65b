import { lines } from './chrony-texts.js';
import type { Distribution } from './distributions.js';
import type { DemoHost } from './fleet.js';

/** What tells a machine's platform: firmware, clock source, drivers, and folders that the platform's agent leaves. */
export interface Machine {
  readonly dmi: { readonly [name: string]: string };
  readonly clocksource: string;
  readonly modules: readonly string[];
  /** The TimeSync device of Hyper-V is offered to this machine. */
  readonly onVmbus: boolean;
  readonly marks: readonly string[];
}

/** Azure is told from Hyper-V by its asset tag alone. */
export function machine(host: DemoHost): Machine {
  const hyperv = {
    clocksource: 'hyperv_clocksource_tsc_page',
    modules: ['hv_vmbus', 'hv_utils'],
    onVmbus: isTimeSyncOffered(host),
  };
  switch (host.platform) {
    case 'azure':
      return {
        ...hyperv,
        dmi: { ...MICROSOFT, chassis_asset_tag: '7783-7084-3265-9085-8269-3286-77' },
        marks: ['/var/lib/waagent'],
      };
    case 'hyperv':
      return { ...hyperv, dmi: { ...MICROSOFT, chassis_asset_tag: '4511-9024-1177-0386-5410-2294-60' }, marks: [] };
    case 'kvm':
      return other('QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'SeaBIOS', 'kvm-clock');
    case 'vmware':
      return other('VMware, Inc.', 'VMware7,1', 'VMware, Inc.', 'tsc');
    case 'aws':
      return other('Amazon EC2', 't3.small', 'Amazon EC2', 'kvm-clock');
  }
}

/** An operator of Hyper-V can switch it off for a machine; then there is no clock of the host either. */
function isTimeSyncOffered(host: DemoHost): boolean {
  return host.clocks.some((clock) => clock.clockName === 'hyperv');
}

const MICROSOFT = {
  sys_vendor: 'Microsoft Corporation',
  product_name: 'Virtual Machine',
  bios_vendor: 'Microsoft Corporation',
  bios_version: 'Hyper-V UEFI Release v4.1',
};

function other(sysVendor: string, productName: string, biosVendor: string, clocksource: string): Machine {
  return {
    dmi: {
      sys_vendor: sysVendor,
      product_name: productName,
      bios_vendor: biosVendor,
      bios_version: '1.0',
      chassis_asset_tag: sysVendor === 'Amazon EC2' ? 'Amazon EC2' : '',
    },
    clocksource,
    modules: [],
    onVmbus: false,
    marks: [],
  };
}

/** The kernel's log, with the lines about time in the shape that this kernel prints. */
export function kernelLog(host: DemoHost, distribution: Distribution): string {
  const start = `[    0.000000] Linux version ${distribution.kernel} (build@${host.name})`;
  if (host.platform !== 'azure' && host.platform !== 'hyperv') {
    return lines(
      start,
      '[    0.000000] Hypervisor detected: KVM',
      '[    1.402113] PTP clock support registered',
      ...noise(host),
    );
  }
  const newWording = /^(6\.|4\.18)/.test(distribution.kernel);
  const offered = isTimeSyncOffered(host);
  return lines(
    start,
    '[    0.000000] Hypervisor detected: Microsoft Hyper-V',
    newWording
      ? '[    0.000000] Hyper-V: Host Build 10.0.26102.1175-1-0'
      : '[    0.000000] Hyper-V Host Build:20348-10.0-3-0.3020',
    '[    0.512887] hv_vmbus: Vmbus version:5.2',
    '[    0.803310] PTP clock support registered',
    '[    2.411004] hv_vmbus: registering driver hv_utils',
    '[    2.455118] hv_utils: Heartbeat IC version 3.0',
    ...(offered ? ['[    2.459986] hv_utils: TimeSync IC version 4.0'] : []),
    '[    2.461120] hv_utils: Shutdown IC version 3.2',
    ...(host.clocks.some((clock) => clock.clockName.startsWith('mlx5'))
      ? ['[    4.120033] mlx5_core a1b2:00:02.0: firmware version: 14.30.1224']
      : []),
  );
}

function noise(host: DemoHost): readonly string[] {
  return host.fault === 'noisy'
    ? ['[    2.000001] \u001b[2J\u001b[31mptp\u001b[0m: \u001b]0;title\u0007 \u202eelif']
    : [];
}
