import { lines } from './chrony-texts.js';
import type { Distribution } from './distributions.js';
import type { DemoHost } from './fleet.js';
import type { Part } from './part.js';
import { kernelLog, machine } from './platforms.js';

/** Firmware, kernel log, clocks, drivers and device rules. */
export function hardwareFiles(host: DemoHost, distribution: Distribution): Part {
  const { dmi, clocksource, modules, onVmbus, marks } = machine(host);
  const hypervIndex = host.clocks.findIndex((clock) => clock.clockName === 'hyperv');
  return {
    files: {
      ...Object.fromEntries(Object.entries(dmi).map(([name, text]) => [`root/sys/class/dmi/id/${name}`, lines(text)])),
      ...Object.fromEntries(
        host.clocks.map((clock, index) => [`root/sys/class/ptp/ptp${index}/clock_name`, lines(clock.clockName)]),
      ),
      ...Object.fromEntries(
        host.clocks.map((clock, index) => [`root/dev/ptp${index}`, lines(String(clock.aheadMicroseconds))]),
      ),
      ...Object.fromEntries(modules.map((name) => [`root/sys/module/${name}/initstate`, 'live\n'])),
      ...(onVmbus
        ? {
            'root/sys/bus/vmbus/devices/2dd1ce17-079e-403c-b352-a1921ee207ee/class_id':
              '{9527e630-d0ae-497b-adce-e80ab0175caf}\n',
          }
        : {}),
      ...(modules.includes('hv_utils') && distribution.kernel.startsWith('6.')
        ? { 'root/sys/module/hv_utils/parameters/timesync_implicit': 'N\n' }
        : {}),
      'root/sys/devices/system/clocksource/clocksource0/current_clocksource': lines(clocksource),
      'root/proc/cpuinfo': lines(
        'processor\t: 0',
        'vendor_id\t: GenuineIntel',
        'flags\t\t: fpu vme de pse tsc msr hypervisor lahf_lm',
      ),
      'root/usr/lib/udev/rules.d/50-udev-default.rules': udevRules(distribution),
      dmesg: kernelLog(host, distribution),
    },
    links: hypervIndex >= 0 && distribution.hasPtpRule ? { 'root/dev/ptp_hyperv': `ptp${hypervIndex}` } : {},
    folders: [
      'root/sys/class/ptp',
      'root/sys/bus',
      ...(onVmbus ? ['root/sys/bus/vmbus/drivers/hv_utils'] : []),
      ...marks.map((mark) => `root${mark}`),
    ],
  };
}

function udevRules(distribution: Distribution): string {
  const tag = Number(distribution.systemd.split(' ')[0]) >= 255 ? ', TAG+="systemd"' : '';
  return lines(
    'SUBSYSTEM=="rtc", ATTR{hctosys}=="1", SYMLINK+="rtc"',
    'SUBSYSTEM=="ptp", ATTR{clock_name}=="KVM virtual PTP", SYMLINK+="ptp_kvm"',
    ...(distribution.hasPtpRule ? [`SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"${tag}`] : []),
  );
}
