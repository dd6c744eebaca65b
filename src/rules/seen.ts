import type { Evidence } from '#checks/verdict.js';
import { parseVersion } from '#config/chrony-version.js';
import type { PhcLine, PlacedLine } from '#config/daemon-config.js';
import type { HostConfig } from '#config/read-config.js';
import { type ClockState, clockStateOf } from '#facts/clock-state.js';
import type { ChronySource, ChronyTracking, DaemonFacts, DaemonName, Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import type { Settings } from '#settings/settings.js';
import { evidence } from './evidence.js';

/** What the conditions of rules look at: facts, settings, and the configuration of the daemons as it counts. */
export interface Seen {
  readonly facts: Facts;
  readonly settings: Settings;
  readonly clock: ClockState;
  readonly config: HostConfig;
  readonly chrony: DaemonFacts | undefined;
  readonly version: readonly [number, number] | null;
  /** chrony is the daemon that is to keep the clock. */
  readonly isKeeper: boolean;
  /** False: chrony or its configuration is not there, or not known as a whole. Then there are no lines. */
  readonly isConfigKnown: boolean;
  /** chrony's lines by directive, as `DaemonConfig` has them. */
  readonly directives: ReadonlyMap<string, readonly PlacedLine[]>;
  readonly servers: readonly PlacedLine[];
  readonly refclocks: readonly PhcLine[];
  /** Daemons that run. */
  readonly active: readonly DaemonName[];
}

/** `keeper`: the daemon that is to keep the clock, where that was decided. */
export function seenOf(facts: Facts, settings: Settings, config: HostConfig, keeper: DaemonName | null = null): Seen {
  const chrony = findDaemon(facts, 'chrony');
  const { directives, servers, refclocks } = config.chrony.known ? config.chrony.config : NO_LINES;
  return {
    facts,
    settings,
    clock: clockStateOf(facts),
    config,
    chrony,
    version: typeof chrony?.version.value === 'string' ? parseVersion(chrony.version.value) : null,
    isKeeper: keeper === 'chrony',
    isConfigKnown: config.chrony.known,
    directives,
    servers,
    refclocks,
    active: facts.daemons.filter((one) => one.active.value === true).map((one) => one.name),
  };
}

const NO_LINES: Pick<Seen, 'directives' | 'servers' | 'refclocks'> = {
  directives: new Map(),
  servers: [],
  refclocks: [],
};

/** Words behind the first, in lower case. */
export function optionsOf({ line }: PlacedLine): readonly string[] {
  return line.args.slice(1).map((word) => word.toLowerCase());
}

export function isHyperv({ virtualization, cloud }: Facts): boolean {
  return virtualization.value === 'hyperv' || cloud.value === 'azure';
}

/** chronyd's tracking, if chronyd keeps the clock and is synchronised: else its numbers mean nothing. */
export function synchronisedTracking({ facts, clock }: Seen): ChronyTracking | null {
  const { daemon, synchronised } = clock;
  return daemon.value === 'chrony' && synchronised.value === true ? facts.chrony.tracking.value : null;
}

/** The NTP servers and peers that chronyd has, or null where it could not be asked. */
export function ntpSources({ facts }: Seen): readonly ChronySource[] | null {
  return facts.chrony.sources.value?.filter((source) => source.mode !== 'refclock') ?? null;
}

/** The refclocks that chronyd has, or null where it could not be asked. */
export function refclockSources({ facts }: Seen): readonly ChronySource[] | null {
  return facts.chrony.sources.value?.filter((source) => source.mode === 'refclock') ?? null;
}

export function sourceSeen(source: ChronySource): Evidence {
  const { mode, name, state, reach, offsetSeconds } = source;
  return evidence(
    'chronyc -c sources',
    `${mode} ${name}, state ${state}, reach ${reach.toString(8)}, offset ${offsetSeconds} s`,
  );
}

/** Long enough after the boot for every source to have answered. */
export function isSettled({ facts }: Seen): boolean {
  return (facts.uptimeSeconds.value ?? Number.POSITIVE_INFINITY) > SETTLED_SECONDS;
}

const SETTLED_SECONDS = 120;
