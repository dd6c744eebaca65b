import type { ClockMeasurement, Writers } from '#snapshot/snapshot.js';

/** A value that was read, or the reason it could not be. Unknown is never reported as fine. */
export type Fact<T> = { readonly value: T } | { readonly value: null; readonly reason: string };

export type Family = 'debian' | 'rhel' | 'suse' | 'alpine' | 'amazon' | 'azurelinux' | 'fedora' | 'flatcar' | 'other';
export type Init = 'systemd' | 'sysv' | 'upstart' | 'openrc' | 'other';
export type Virtualization = 'hyperv' | 'kvm' | 'vmware' | 'xen' | 'container' | 'wsl' | 'none' | 'other';
export type Cloud = 'azure' | 'aws' | 'gcp' | 'oci' | 'alibaba' | 'none';
export type PackageManager = 'apt' | 'dnf' | 'yum' | 'zypper' | 'tdnf' | 'apk';
export type DaemonName = 'chrony' | 'timesyncd' | 'ntpd' | 'ntpsec' | 'openntpd';

/** Where the system is: `remote`, `here` (the machine that tsync runs on, whose clock it cannot measure), or an `image` tree that does not run. */
export type PlaceOfHost = 'remote' | 'here' | 'image';

export interface Facts {
  readonly place: PlaceOfHost;
  readonly os: Fact<{
    readonly id: string;
    readonly versionId: string;
    readonly family: Family;
    readonly prettyName: string;
  }>;
  readonly kernel: Fact<{ readonly release: string; readonly machine: string }>;
  readonly init: Fact<Init>;
  /** Major version of systemd, where it is the init. */
  readonly systemdVersion: Fact<number>;
  readonly virtualization: Fact<Virtualization>;
  readonly cloud: Fact<Cloud>;
  readonly clocksource: Fact<string>;
  /** What the kernel could take instead: `tsc hyperv_clocksource_tsc_page acpi_pm`, parted. */
  readonly clocksources: Fact<readonly string[]>;
  readonly hyperv: HypervFacts;
  /** Every entry of /sys/class/ptp. Empty list: looked and found none. */
  readonly ptp: Fact<readonly PtpDevice[]>;
  readonly daemons: readonly DaemonFacts[];
  readonly chrony: ChronyFacts;
  readonly timesyncd: Fact<TimesyncdFacts>;
  readonly ntpd: Fact<NtpdFacts>;
  readonly openntpd: Fact<OpenntpdFacts>;
  /** Versions of the packages that concern time, by name; a name that is missing is not installed. */
  readonly packages: Fact<{ readonly [name: string]: string }>;
  /** Of those packages: half installed, unpacked and not configured, or to be installed again; with dpkg's own letters. */
  readonly unfinishedPackages: Fact<
    readonly { readonly name: string; readonly version: string; readonly state: string }[]
  >;
  /** What installs packages on this distribution; whether it is there and can is seen when it is asked. */
  readonly packageManager: Fact<PackageManager>;
  /** Work of tsync on packages that was begun on this host and did not come to its end. */
  readonly openPackageWork: Fact<readonly HostTransaction[]>;
  /** Without systemd: how time services start. */
  readonly initScripts: Fact<readonly InitScript[]>;
  /** Without systemd: whether this init has a place for what takes an unconfirmed change back at the next boot. */
  readonly bootHook: Fact<boolean>;
  /** Servers that came by DHCP, by the file they were left in. */
  readonly dhcpServers: Fact<readonly { readonly path: string; readonly servers: readonly string[] }[]>;
  /** `none`: an ordinary system. The others are replaced as a whole: no package, no file below /usr is changed in place. */
  readonly image: Fact<'none' | 'ostree' | 'flatcar' | 'transactional'>;
  /** Size of an Azure VM: `Standard_D2s_v3`. */
  readonly vmSize: Fact<string>;
  /**
   * By unit name with suffix (`chrony.service`), without systemd by the name of the script (`chrony`); a unit that was asked
   * for and is not there has loadState `not-found`.
   */
  readonly services: ReadonlyMap<string, ServiceFacts>;
  /** By path: every file the probe was asked for or found through includes. */
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly clock: Fact<ClockMeasurement>;
  /** Seconds since boot, from /proc/uptime. */
  readonly uptimeSeconds: Fact<number>;
  /** True when the probe ran as root: otherwise some values are marked unreadable. */
  readonly root: boolean;
  readonly selinux: Fact<'enforcing' | 'permissive' | 'disabled'>;
  /** Transactions of tsync on the host that are neither confirmed nor reverted. */
  readonly openTransactions: Fact<readonly HostTransaction[]>;
  readonly around: AroundFacts;
  /** By `module.parameter`: those that the playbook names. */
  readonly moduleParameters: ReadonlyMap<string, ModuleParameterFacts>;
}

/** What stands around the daemons and may help or disturb them. */
export interface AroundFacts {
  /** Running programs that are no time daemon and may set a clock: ptp4l, phc2sys, timemaster, vmtoolsd. */
  readonly programs: Fact<
    readonly { readonly pid: number; readonly name: string; readonly commandLine: readonly string[] | null }[]
  >;
  /** Processes that bear a daemon's name, and that neither root nor the daemon's account started as a service: nothing of them is believed. */
  readonly strangers: Fact<readonly { readonly pid: number; readonly name: string; readonly uid: number }[]>;
  /** Names of running programs, also of containers, that a step of the clock is likely to disturb: `postgres`, `crond`. */
  readonly stepMinded: Fact<readonly string[]>;
  /** Files of cron and boot scripts that name a program which sets a clock: `ntpdate`, `sntp`, `rdate`, `hwclock`. */
  readonly clockJobs: Fact<readonly { readonly program: string; readonly file: string }[]>;
  /** Such files that only root may read: there may be jobs in them. */
  readonly unreadJobs: readonly string[];
  /** Units that a boot starts and that set the clock once or wait for a daemon: ntpdate, systemd-time-wait-sync. */
  readonly bootUnits: readonly string[];
  /** What the processes of a failed unit last wrote into the journal of this boot, by unit; at most three lines of each. */
  readonly lastWords: ReadonlyMap<string, readonly string[]>;
  /** Lines of udev rules that mention PTP, of the distribution and of /etc. */
  readonly udevRules: Fact<readonly string[]>;
  /** The parameter phc_enable of the network driver of AWS; null where there is no such driver or parameter. */
  readonly enaPhc: Fact<boolean>;
  /** The time zone right/UTC, from which chronyd can take leap seconds, is installed. */
  readonly leapZone: Fact<boolean>;
  /** VMware Tools sets the clock periodically; null where this is no guest of VMware, or it does not say. */
  readonly vmwareTimeSync: Fact<boolean>;
}

/** `no-module`: it is not loaded. `no-parameter`: it is, and has none of that name. */
export type ModuleParameterFacts =
  | { readonly state: 'no-module' | 'no-parameter' | 'unreadable' }
  | { readonly state: 'present'; readonly value: string };

export interface HypervFacts {
  /** For example `20348`, from either shape of the kernel's line. */
  readonly hostBuild: Fact<string>;
  /** TimeSync protocol version of the integration component, for example `4.0`. */
  readonly timeSyncVersion: Fact<string>;
  /** Linux Integration Services: in the kernel, or downloaded with its version. */
  readonly lis: Fact<{ readonly kind: 'in-kernel' } | { readonly kind: 'downloaded'; readonly version: string }>;
  readonly moduleLoaded: Fact<boolean>;
  /** The host offers the TimeSync device to this machine: it is among the devices of VMBus. */
  readonly timeSyncOffered: Fact<boolean>;
  /** Parameters of hv_utils that exist, by name: `timesync_mode`, `timesync_implicit`. */
  readonly parameters: Fact<{ readonly [name: string]: string }>;
}

export interface PtpDevice {
  /** `ptp0` */
  readonly device: string;
  /** `hyperv`, `KVM virtual PTP`, `mlx5_p2p` ... */
  readonly clockName: string;
  /** Stable names that point at it: `/dev/ptp_hyperv`. */
  readonly symlinks: readonly string[];
}

export interface DaemonFacts {
  readonly name: DaemonName;
  readonly installed: Fact<boolean>;
  /** Unit with suffix as this distribution names it, without systemd the script's name; null when there is none. */
  readonly unit: string | null;
  readonly active: Fact<boolean>;
  readonly enabled: Fact<boolean>;
  readonly version: Fact<string>;
  readonly pid: number | null;
  /** From /proc/PID/cmdline, arguments split; null when it is not running. */
  readonly commandLine: readonly string[] | null;
  /** Of the process: that it runs the daemon's own program; root alone can tell. Null when it is not running. */
  readonly verified: boolean | null;
  readonly configFiles: readonly string[];
  /** What it reads, or was started with, that others than root can write: files, and folders whose files it reads. */
  readonly untrusted: readonly string[];
  /** Directives and files of its configuration that the probe did not follow, so that what they bring is not known. */
  readonly unread: readonly string[];
}

export interface ChronyFacts {
  /** The file chronyd really reads: `-f` of the running process, or the distribution's. */
  readonly configPath: string | null;
  /** chrony.conf and all that it includes, in reading order. */
  readonly configFiles: readonly string[];
  /** What chronyd itself says of its configuration as it would read it at its next start; chrony 4.0 and newer. */
  readonly configCheck: Fact<ChronyCheck>;
  readonly tracking: Fact<ChronyTracking>;
  readonly sources: Fact<readonly ChronySource[]>;
  readonly statistics: Fact<readonly ChronyStatistics[]>;
  /** Why chronyd selects a source or not; root only, chrony 4.0 and newer. */
  readonly selection: Fact<readonly ChronySelection[]>;
  /** NTS and keys; root only, chrony 4.0 and newer. */
  readonly authentication: Fact<readonly ChronyAuthentication[]>;
}

/**
 * `chronyd -p`: whether it takes the configuration; if not, the first fault that it found, and in which line (from 1) where it says
 * so. Not asked: before 4.0 it cannot be; an image; no chronyd or no file.
 */
export type ChronyCheck =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'not-asked' }
  | {
      readonly verdict: 'rejected';
      readonly fault: string;
      readonly at: { readonly path: string; readonly line: number } | null;
    };

/** `chronyc -c tracking`. Offsets in seconds, host minus NTP time inverted as chronyc prints it: positive = the host is slow. */
export interface ChronyTracking {
  readonly referenceId: string;
  readonly name: string;
  readonly stratum: number;
  readonly referenceTimeSeconds: number;
  readonly systemOffsetSeconds: number;
  readonly lastOffsetSeconds: number;
  readonly rmsOffsetSeconds: number;
  /** Positive = fast. */
  readonly frequencyPpm: number;
  readonly skewPpm: number;
  readonly rootDelaySeconds: number;
  readonly rootDispersionSeconds: number;
  readonly updateIntervalSeconds: number;
  readonly leap: 'Normal' | 'Insert second' | 'Delete second' | 'Not synchronised' | 'unknown';
}

export interface ChronySource {
  readonly mode: 'server' | 'peer' | 'refclock' | 'unknown';
  /** `*` selected, `+` combined, `-` not combined, `?` unusable, `x` falseticker, `~` too variable. */
  readonly state: '*' | '+' | '-' | '?' | 'x' | '~' | 'unknown';
  readonly name: string;
  readonly stratum: number;
  readonly poll: number;
  /** The register as a number 0 to 255 (chronyc prints octal). */
  readonly reach: number;
  readonly lastSampleAgeSeconds: number | null;
  readonly offsetSeconds: number;
  readonly errorSeconds: number;
}

/** A row of `chronyc sourcestats`. */
export interface ChronyStatistics {
  readonly name: string;
  readonly samples: number;
  readonly runs: number;
  readonly spanSeconds: number;
  readonly frequencyPpm: number;
  readonly frequencySkewPpm: number;
  readonly offsetSeconds: number;
  readonly deviationSeconds: number;
}

/** A row of `chronyc selectdata`. */
export interface ChronySelection {
  /** One letter of chronyc's legend: `*` selected, `+` combined, `N` noselect, `s` unsynchronised, `M` missing samples ... */
  readonly state: string;
  readonly name: string;
  readonly authenticated: boolean;
  /** `noselect`, `prefer`, `trust`, `require`: as configured, and as they count after `authselectmode`. */
  readonly configured: readonly string[];
  readonly effective: readonly string[];
  readonly lastSampleAgeSeconds: number | null;
  readonly score: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
  readonly leap: string;
}

/** A row of `chronyc authdata`. With NTS, no cookies and many attempts mean that the key exchange (TCP 4460) does not work. */
export interface ChronyAuthentication {
  readonly name: string;
  readonly mode: 'nts' | 'key' | 'none' | 'unknown';
  readonly lastAgeSeconds: number | null;
  readonly attempts: number;
  readonly naks: number;
  readonly cookies: number;
}

export interface TimesyncdFacts {
  readonly serverName: string | null;
  readonly serverAddress: string | null;
  readonly stratum: number | null;
  readonly offsetSeconds: number | null;
  readonly synchronised: boolean;
}

export interface NtpdFacts {
  readonly leap: string | null;
  readonly stratum: number | null;
  readonly offsetSeconds: number | null;
  readonly referenceId: string | null;
  readonly rootDelaySeconds: number | null;
  readonly rootDispersionSeconds: number | null;
  /** Positive = the oscillator is slow: what ntpd adds to it. */
  readonly frequencyPpm: number | null;
  readonly jitterSeconds: number | null;
  readonly peers: readonly {
    readonly tally: string;
    readonly remote: string;
    readonly referenceId: string;
    readonly stratum: number | null;
    /** null before the first sample. */
    readonly lastSampleAgeSeconds: number | null;
    readonly pollSeconds: number | null;
    readonly reach: number;
    readonly delaySeconds: number | null;
    readonly offsetSeconds: number;
    readonly jitterSeconds: number | null;
  }[];
}

export interface OpenntpdFacts {
  readonly synchronised: boolean;
  /** Only while it is synchronised. */
  readonly stratum: number | null;
  /** What is still to be slewed away; only while it is not synchronised. */
  readonly offsetSeconds: number | null;
  readonly peers: readonly {
    readonly remote: string;
    readonly selected: boolean;
    readonly stratum: number | null;
    readonly offsetSeconds: number | null;
  }[];
}

/** A time service of sysv init, upstart or OpenRC. */
export interface InitScript {
  /** `ntpd`: without folder and number. */
  readonly name: string;
  /** `/etc/init.d/ntpd` */
  readonly script: string | null;
  /** upstart: `/etc/init/ntp.conf` */
  readonly job: string | null;
  /** `/etc/rc3.d/S58ntpd` of the runlevels 2 to 5, `/etc/runlevels/default/chronyd`. */
  readonly startLinks: readonly string[];
  readonly stopLinks: readonly string[];
  readonly startsAtBoot: boolean;
  /** OpenRC's own mark; null where the init keeps none. */
  readonly started: boolean | null;
}

export interface ServiceFacts {
  readonly unit: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly unitFileState: string;
  readonly fragmentPath: string | null;
  readonly dropIns: readonly string[];
  readonly mainPid: number | null;
  /**
   * Links below /etc/systemd/system (and /run) that enable, alias or mask it: `path -> target`. Without systemd those of all
   * runlevels, which start it (S) and stop it (K).
   */
  readonly links: readonly string[];
  readonly masked: boolean;
  /** From the [Install] section of the unit file: what enabling it would link. */
  readonly install: {
    readonly wantedBy: readonly string[];
    readonly requiredBy: readonly string[];
    readonly alias: readonly string[];
  } | null;
}

/** `unreadable` and `refused` (directory, device, dangling or looping link) are never edited. */
export type FileFacts =
  | { readonly state: 'absent'; readonly writers?: Writers }
  | { readonly state: 'unreadable' | 'refused'; readonly reason: string }
  | {
      readonly state: 'present';
      readonly bytes: Uint8Array;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
      readonly truncated: boolean;
      /** Where the link leads to, fully resolved; null when the path is no symbolic link. */
      readonly resolvedTo: string | null;
      /** Who can write it, or put something else in its place; null where the host did not tell. */
      readonly writers: Writers | null;
    };

/** One change of tsync's on the host, by anybody, as the host tells of it. */
export interface HostTransaction {
  readonly id: string;
  /** docs/user/safety.md has them; `preparing`: nothing was changed yet. */
  readonly state: string;
  /** `ops@bastion1`: the person and the machine it was begun from. */
  readonly who: string;
  readonly run: string;
  /** ISO 8601, by the clock of that machine. */
  readonly startedAt: string;
  /** Of an open one: whether something will take it back by itself, and in how many seconds. */
  readonly guard: {
    readonly state: 'armed' | 'due' | 'none' | 'unknown';
    readonly leftSeconds: number | null;
  };
  /** Copies of what somebody else wrote, which its undo found and nobody has merged and removed yet: `COPY PATH`. Absent: none. */
  readonly found?: readonly string[];
}
