import { isAtLeast, SINCE } from '#config/chrony-version.js';
import { type DaemonConfig, isOwn, type PhcLine } from '#config/daemon-config.js';
import type { Facts } from '#facts/facts.js';

/** A PTP clock that a hypervisor or a cloud gives its guests, and how chronyd is to read it. */
export interface HostClock {
  /** What /sys/class/ptp/N/clock_name says, as a pattern that udev and a shell's `case` understand alike. */
  readonly name: string;
  /** The stable name, made by udev. */
  readonly link: string;
  /** Whose clock it is, in a sentence: `the PTP clock of the Hyper-V host`. */
  readonly title: string;
  /** Folders of which one is there where the clock may still come while the machine starts. */
  readonly signs: readonly string[];
  /** Options of the refclock line behind its device, without those of selection. */
  readonly options: (version: readonly [number, number]) => string;
  /** Whether it smears leap seconds; null: as its host does, which nobody can tell from inside. */
  readonly smears: boolean | null;
  /** False: it follows whatever that host follows, so that it is compared before it is trusted. */
  readonly trusted: boolean;
  /** Why a guest of this platform may not have it, in a full sentence. */
  readonly missing: (facts: Facts) => string;
}

const HYPERV: HostClock = {
  name: 'hyperv',
  link: '/dev/ptp_hyperv',
  title: 'the PTP clock of the Hyper-V host',
  signs: ['/sys/bus/vmbus', '/sys/module/hv_utils'],
  options: (version) => `poll 3 dpoll -2 offset 0${isAtLeast(version, SINCE.refclockStratum) ? ' stratum 2' : ''}`,
  smears: false,
  trusted: false,
  missing: () => 'This host has no PTP clock named hyperv.',
};

const KVM: HostClock = {
  name: 'KVM virtual PTP',
  link: '/dev/ptp_kvm',
  title: 'the PTP clock of the KVM host',
  signs: ['/sys/module/ptp_kvm'],
  options: () => 'poll 2',
  smears: null,
  trusted: false,
  missing: () =>
    'This host has no PTP clock of its KVM host; the module ptp_kvm makes it, where the host has a steady clock source.',
};

const VMWARE: HostClock = {
  name: 'ptp_vmw',
  link: '/dev/ptp_vmw',
  title: 'the precision clock of the VMware host',
  signs: ['/sys/module/ptp_vmw'],
  options: () => 'poll 2 dpoll -2',
  smears: null,
  trusted: false,
  missing: () =>
    'This host has no PTP clock of its VMware host; it needs the virtual device "precision clock" and the module ptp_vmw.',
};

const ENA: HostClock = {
  name: 'ena-ptp-*',
  link: '/dev/ptp_ena',
  title: 'the PTP clock of the network card of AWS',
  signs: ['/sys/module/ena'],
  options: () => 'poll 0 delay 0.000010',
  smears: false,
  trusted: true,
  missing: whyNoEna,
};

/** The parameter is read when the driver starts, which would cut the network: so tsync tells of it and does not set it. */
function whyNoEna({ around }: Facts): string {
  switch (around.enaPhc.value) {
    case false:
      return 'The network card gives out no PTP clock: phc_enable of the driver ena is off. "options ena phc_enable=1" in /etc/modprobe.d and a reboot switch it on, on instance types that have it.';
    case true:
      return 'The network card gives out no PTP clock, though phc_enable of the driver ena is on: this instance type has none.';
    case null:
      return 'The network card gives out no PTP clock: this driver ena is too old for it, or the card is another.';
  }
}

/**
 * The one PTP clock that a guest of this platform may follow, by docs/user/strategies.md; null where its platform has none. Which
 * device it is, is told by its name and never by its number: other cards have clocks too.
 */
export function hostClockOf({ cloud, virtualization }: Pick<Facts, 'cloud' | 'virtualization'>): HostClock | null {
  switch (cloud.value) {
    case 'azure':
      return { ...HYPERV, trusted: true };
    case 'aws':
      return ENA;
    case 'gcp':
      return { ...KVM, title: 'the PTP clock of Google Cloud', options: () => 'poll -1', smears: true, trusted: true };
  }
  switch (virtualization.value) {
    case 'kvm':
      return KVM;
    case 'vmware':
      return VMWARE;
    case 'hyperv':
    case null:
      return HYPERV;
    default:
      return null;
  }
}

/** Every clock of a host, whatever the platform. */
export const HOST_CLOCKS: readonly HostClock[] = [HYPERV, KVM, VMWARE, ENA];

/** Whether a clock's name is that one's. */
export function isClockOf({ name }: HostClock, clockName: string): boolean {
  return name.endsWith('*') ? clockName.startsWith(name.slice(0, -1)) : clockName === name;
}

/** Whether a refclock line names its clock by the name of a host's clock, by its number, or otherwise. */
export function namingOf({ path }: PhcLine): 'host' | 'index' | 'other' {
  if (HOST_CLOCKS.some(({ link }) => link === path)) return 'host';
  return /^\/dev\/ptp\d+$/.test(path) ? 'index' : 'other';
}

/** Whether chronyd follows this clock, by whatever name, without a line of tsync's. */
export function isFollowed({ refclocks }: DaemonConfig, clock: HostClock): boolean {
  return refclocks.some(
    ({ placed, path, device, options }) =>
      !isOwn(placed) &&
      (path === clock.link || (device != null && isClockOf(clock, device.clockName))) &&
      !options.includes('noselect'),
  );
}
