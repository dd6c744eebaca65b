import type { MaintenanceWindow } from './maintenance-window.js';
import type { UserResource } from './user-resource.js';

export const STRATEGIES = [
  'auto',
  'host-only',
  'host+ntp',
  'host+ptp',
  'ptp-only',
  'ptp+ntp',
  'ntp-only',
  'monitor',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface NtpServer {
  readonly address: string;
  readonly pool: boolean;
  readonly iburst: boolean;
  readonly nts: boolean;
  readonly prefer: boolean;
  readonly trust: boolean;
  /** log2 seconds; null = the daemon's default. */
  readonly minpoll: number | null;
  readonly maxpoll: number | null;
  /** Number of a key in the daemon's key file; the secret is never read. */
  readonly key: number | null;
}

/** An accepted finding: it is shown with its reason, and neither changes nor fails anything until it expires. */
export interface Waiver {
  readonly rule: string;
  readonly reason: string;
  /** ISO date; null = does not expire. */
  readonly expires: string | null;
}

/** The settings of one host with every default filled in; `origins` says where each value came from. */
export interface Settings {
  readonly strategy: Strategy;
  readonly prefer: 'ptp' | 'ntp';
  readonly ntpServers: readonly NtpServer[];
  readonly dhcpServers: 'keep' | 'ignore';
  readonly limits: {
    /** Our own measurement, seconds. */
    readonly offsetSeconds: number;
    /** The daemon's own offset, seconds. */
    readonly daemonOffsetSeconds: number;
  };
  readonly makestep: { readonly thresholdSeconds: number; readonly limit: number } | null;
  /** A larger expected step needs its own word; null = any. */
  readonly maxStepSeconds: number | null;
  /** `chrony`: chrony keeps the time, and is installed where it is missing. `keep`: the daemon that is there, where it can do what is asked. */
  readonly daemon: 'keep' | 'chrony';
  /** When changes that may step the clock or restart a daemon may be made; none: at any time. */
  readonly windows: readonly MaintenanceWindow[];
  /** A larger expected step is a finding that names what on the host minds; null = none is. */
  readonly stepWarningSeconds: number | null;
  readonly degrade: 'refuse' | 'allow';
  readonly takeOwnership: boolean;
  /** Paths and units that are never changed. */
  readonly protectedNames: readonly string[];
  readonly rollout: {
    readonly settleTimeoutSeconds: number;
    readonly confirmTimeoutSeconds: number;
    /** Hosts (or percent) of each wave. */
    readonly serial: readonly (number | `${number}%`)[];
    /** Hosts (or percent) that may fail before the rest is left alone. */
    readonly maxFail: number | `${number}%`;
  };
  readonly waivers: readonly Waiver[];
  /** Files, services and module parameters that are asked for by name, each at most once. */
  readonly resources: readonly UserResource[];
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** By snake_case key as people write it, dotted for nested ones: `rollout.settle_timeout` -> `playbook ntp.yaml, play 1`. */
  readonly origins: { readonly [key: string]: string };
}

export const DEFAULT_SETTINGS: Settings = {
  strategy: 'auto',
  prefer: 'ptp',
  ntpServers: [],
  dhcpServers: 'ignore',
  limits: { offsetSeconds: 1, daemonOffsetSeconds: 0.05 },
  makestep: { thresholdSeconds: 1, limit: -1 },
  maxStepSeconds: null,
  windows: [],
  daemon: 'keep',
  stepWarningSeconds: 1,
  degrade: 'refuse',
  takeOwnership: false,
  protectedNames: [],
  rollout: { settleTimeoutSeconds: 90, confirmTimeoutSeconds: 240, serial: ['100%'], maxFail: '100%' },
  waivers: [],
  resources: [],
};
