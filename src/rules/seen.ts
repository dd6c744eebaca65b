import type { Evidence } from '#checks/verdict.js';
import { parseChronyConfig } from '#config/chrony-config.js';
import type { ChronyLayout } from '#config/chrony-layout.js';
import { parseVersion } from '#config/chrony-version.js';
import { configMeter } from '#config/config-bounds.js';
import type { ConfigLine } from '#config/config-line.js';
import { type ClockState, clockStateOf } from '#facts/clock-state.js';
import type { ChronySource, ChronyTracking, DaemonFacts, DaemonName, Facts, PtpDevice } from '#facts/facts.js';
import type { Settings } from '#settings/settings.js';
import { evidence } from './evidence.js';

/** A directive that counts: not switched off, tsync's own included. */
export interface SeenLine {
  readonly path: string;
  /** 0-based. */
  readonly index: number;
  readonly line: ConfigLine;
}

/** A `refclock PHC` line. */
export interface SeenRefclock {
  readonly at: SeenLine;
  /** `/dev/ptp_hyperv`, without the driver's options behind a colon. */
  readonly path: string;
  /** Words behind the device, in lower case. */
  readonly options: readonly string[];
  /** The clock behind the path; null: there is none, undefined: not known. */
  readonly device: PtpDevice | null | undefined;
  /** Written at start, only if the device is there. */
  readonly madeAtStart: boolean;
}

/** What the conditions of rules look at: facts, settings, and chrony's configuration as it counts. */
export interface Seen {
  readonly facts: Facts;
  readonly settings: Settings;
  readonly clock: ClockState;
  readonly chrony: DaemonFacts | undefined;
  readonly version: readonly [number, number] | null;
  /** chrony is the daemon that is to keep the clock. */
  readonly isKeeper: boolean;
  /** False: chronyd is not installed, or its configuration is not known as a whole. Then there are no lines. */
  readonly isConfigKnown: boolean;
  /** By directive; `server`, `pool` and `peer` count in *.sources files too, all else in configuration files only. */
  readonly directives: ReadonlyMap<string, readonly SeenLine[]>;
  /** `server`, `pool` and `peer`. */
  readonly servers: readonly SeenLine[];
  readonly refclocks: readonly SeenRefclock[];
  /** Daemons that run. */
  readonly active: readonly DaemonName[];
}

/** `layout` saves reading the configuration twice, where the policy has read it. */
export function seenOf(facts: Facts, settings: Settings, layout: ChronyLayout | null): Seen {
  const chrony = facts.daemons.find((one) => one.name === 'chrony');
  const lines = chrony?.installed.value === true ? (layout === null ? readLines(facts) : linesOf(layout)) : null;
  const directives = byDirective(lines ?? []);
  const linesWith = (name: string) => directives.get(name) ?? [];
  return {
    facts,
    settings,
    clock: clockStateOf(facts),
    chrony,
    version: typeof chrony?.version.value === 'string' ? parseVersion(chrony.version.value) : null,
    isKeeper: layout !== null,
    isConfigKnown: lines !== null,
    directives,
    servers: [...linesWith('server'), ...linesWith('pool'), ...linesWith('peer')],
    refclocks: linesWith('refclock').filter(isPhc).map(refclockAt(facts)),
    active: facts.daemons.filter((one) => one.active.value === true).map((one) => one.name),
  };
}

/** Lines with a directive, in reading order. */
export function linesWith(seen: Seen, directive: string): readonly SeenLine[] {
  return seen.directives.get(directive) ?? [];
}

/** The line and where it stands. */
export function lineSeen({ path, index, line }: SeenLine): Evidence {
  return evidence(`${path}:${index + 1}`, line.text.slice(0, 400));
}

/** Words behind the first, in lower case. */
export function optionsOf({ line }: SeenLine): readonly string[] {
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

function linesOf(layout: ChronyLayout): SeenLine[] {
  return layout.files.flatMap(({ path, role, lines }) => counting(path, role === 'sources', lines));
}

function readLines({ chrony, files }: Facts): SeenLine[] | null {
  if (chrony.configPath === null || chrony.configFiles.length === 0) return null;
  const lines: SeenLine[] = [];
  const tooMuch = configMeter();
  for (const path of chrony.configFiles) {
    const file = files.get(path);
    if (file?.state !== 'present' || file.truncated || tooMuch(file) !== null) return null;
    lines.push(...counting(path, path.endsWith('.sources'), parseChronyConfig(file.bytes)));
  }
  return lines;
}

function counting(path: string, isSources: boolean, lines: readonly ConfigLine[]): SeenLine[] {
  return lines.flatMap((line, index) => {
    if (line.directive === null || line.disabled) return [];
    return isSources && !IN_SOURCES.has(line.directive) ? [] : [{ path, index, line }];
  });
}

const IN_SOURCES: ReadonlySet<string> = new Set(['server', 'pool', 'peer']);

function byDirective(lines: readonly SeenLine[]): ReadonlyMap<string, readonly SeenLine[]> {
  const map = new Map<string, SeenLine[]>();
  for (const one of lines) {
    const directive = one.line.directive ?? '';
    const others = map.get(directive);
    if (others === undefined) map.set(directive, [one]);
    else others.push(one);
  }
  return map;
}

function isPhc({ line }: SeenLine): boolean {
  return line.args[0]?.toUpperCase() === 'PHC';
}

function refclockAt({ ptp }: Facts) {
  return (at: SeenLine): SeenRefclock => {
    const path = (at.line.args[1] ?? '').replace(/:.*$/, '');
    return {
      at,
      path,
      options: at.line.args.slice(2).map((word) => word.toLowerCase()),
      device: ptp.value === null ? undefined : (ptp.value.find(leadsTo(path)) ?? null),
      madeAtStart: at.path.endsWith('/tsync-refclock.conf'),
    };
  };
}

function leadsTo(path: string) {
  return (device: PtpDevice) => `/dev/${device.device}` === path || device.symlinks.includes(path);
}
