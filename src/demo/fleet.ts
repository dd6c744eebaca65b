import type { DistributionName } from './distributions.js';

export type Platform = 'azure' | 'hyperv' | 'kvm' | 'vmware' | 'aws';
export type DemoDaemon = 'chrony' | 'timesyncd' | 'ntpd';

/** A PTP clock of a host: the name its driver gives it, and by how many microseconds it is ahead of true time. */
export interface PtpClock {
  readonly clockName: string;
  readonly aheadMicroseconds: number;
}

/** What makes a host of the simulated fleet one of its kind. */
export interface DemoHost {
  readonly name: string;
  /** One sentence for people: what there is to see here. */
  readonly about: string;
  readonly distribution: DistributionName;
  readonly platform: Platform;
  /** The running ones, in the order they were started. */
  readonly daemons: readonly DemoDaemon[];
  /** ptp0, ptp1 ... */
  readonly clocks: readonly PtpClock[];
  /** `server`, `pool` and `refclock` lines in the place of the distribution's own; null: as the distribution ships them. */
  readonly sources: readonly string[] | null;
  /** Names that do not answer NTP; `all` for a closed firewall. */
  readonly deadServers: readonly string[];
  /** By how many microseconds the clock is ahead while no daemon has set it. */
  readonly freeRunningMicroseconds: number;
  /** Settings in the inventory, as a person would write them under `tsync:`. */
  readonly settings: readonly string[];
  readonly fault: 'none' | 'unreachable' | 'host-key-changed' | 'no-sudo' | 'noisy' | 'wrong-phc';
}

const HYPERV: PtpClock = { clockName: 'hyperv', aheadMicroseconds: 2 };
/** A network card's clock that nothing disciplines: it counts TAI since somebody set it. */
const NETWORK_CARD: PtpClock = { clockName: 'mlx5_p2p', aheadMicroseconds: 37_000_412 };

const plain = {
  daemons: ['chrony'],
  clocks: [],
  sources: null,
  deadServers: [],
  freeRunningMicroseconds: 0,
  settings: [],
  fault: 'none',
} as const;

/** The simulated fleet: no two hosts alike, most of what a fleet of some years has. */
export const fleet: readonly DemoHost[] = [
  {
    ...plain,
    name: 'web01',
    about: 'Azure, as its image made it: chrony follows the PTP clock of the host',
    distribution: 'ubuntu-22.04',
    platform: 'azure',
    clocks: [HYPERV],
    sources: ['refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2', 'makestep 1.0 -1'],
  },
  {
    ...plain,
    name: 'api01',
    about: 'Azure with a network card that has a clock too: ptp0 is the card, and chrony was pointed at ptp0',
    distribution: 'ubuntu-24.04',
    platform: 'azure',
    clocks: [NETWORK_CARD, HYPERV],
    sources: [
      'refclock PHC /dev/ptp0 poll 3 dpoll -2 offset 0 stratum 2',
      'server ntp1.corp.example iburst',
      'server ntp2.corp.example iburst',
      'server ntp3.corp.example iburst',
    ],
  },
  {
    ...plain,
    name: 'db01',
    about: 'Azure, the PTP clock is there with its name, nobody uses it',
    distribution: 'rhel-9',
    platform: 'azure',
    clocks: [HYPERV],
  },
  {
    ...plain,
    name: 'erp01',
    about: 'Azure, old udev: the PTP clock has no name of its own',
    distribution: 'rhel-7',
    platform: 'azure',
    clocks: [HYPERV],
    freeRunningMicroseconds: 3_000,
  },
  {
    ...plain,
    name: 'batch01',
    about: 'Azure, two daemons at once, and a chrony too old for the option stratum',
    distribution: 'ubuntu-18.04',
    platform: 'azure',
    daemons: ['timesyncd', 'chrony'],
    clocks: [HYPERV],
  },
  {
    ...plain,
    name: 'pay01',
    about: 'Azure, but the PTP clock is 5 seconds wrong: verification refuses, and the host is put back',
    distribution: 'ubuntu-20.04',
    platform: 'azure',
    clocks: [{ clockName: 'hyperv', aheadMicroseconds: 5_000_000 }],
    sources: ['server ntp1.corp.example iburst', 'server ntp2.corp.example iburst'],
    settings: ['strategy: ptp-only'],
    fault: 'wrong-phc',
  },
  {
    ...plain,
    name: 'hr01',
    about: 'Azure, and our account may not use sudo there',
    distribution: 'rhel-8',
    platform: 'azure',
    clocks: [HYPERV],
    fault: 'no-sudo',
  },
  {
    ...plain,
    name: 'files01',
    about: 'Hyper-V of our own: the clock of the host is compared before it is trusted',
    distribution: 'debian-13',
    platform: 'hyperv',
    clocks: [{ clockName: 'hyperv', aheadMicroseconds: 1_800 }],
  },
  {
    ...plain,
    name: 'radius01',
    about: 'Hyper-V with time synchronisation switched off for this machine, ntpd as ever',
    distribution: 'centos-7',
    platform: 'hyperv',
    daemons: ['ntpd'],
  },
  {
    ...plain,
    name: 'mail01',
    about: 'KVM, moved from the public pool to the servers of the house',
    distribution: 'debian-12',
    platform: 'kvm',
    settings: ['strategy: ntp-only', 'ntp_servers: [ntp1.corp.example, ntp2.corp.example, ntp3.corp.example]'],
  },
  {
    ...plain,
    name: 'kiosk01',
    about: 'VMware, nothing but systemd-timesyncd',
    distribution: 'ubuntu-20.04',
    platform: 'vmware',
    daemons: ['timesyncd'],
  },
  {
    ...plain,
    name: 'dmz01',
    about: 'AWS, prints noise at every login, and escape sequences wherever text can stand',
    distribution: 'debian-11',
    platform: 'aws',
    sources: ['server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4'],
    fault: 'noisy',
  },
  {
    ...plain,
    name: 'ci01',
    about: 'reinstalled, or somebody in between: its host key is not the one we know',
    distribution: 'rocky-8',
    platform: 'kvm',
    fault: 'host-key-changed',
  },
  {
    ...plain,
    name: 'backup01',
    about: 'nobody answers',
    distribution: 'debian-12',
    platform: 'azure',
    clocks: [HYPERV],
    fault: 'unreachable',
  },
];
