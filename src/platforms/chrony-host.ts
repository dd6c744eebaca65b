import { parseVersion } from '#config/chrony-version.js';
import { isBelow } from '#config/host-path.js';
import type { Problem } from '#errors/problem.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { outside, type System } from './system-scope.js';

/** A host that this policy can set: chrony on a distribution and under an init that are known. All of it known. */
export interface ChronyHost extends System {
  readonly version: readonly [number, number];
  /** The file that chronyd really reads. */
  readonly configPath: string;
  readonly daemon: DaemonFacts;
  /** Unit with suffix: `chrony.service`; of other inits the script's name. */
  readonly unit: string;
}

export type Scope =
  | { readonly inside: true; readonly host: ChronyHost }
  /** `lacksChrony`: all else would do, but chrony is not (wholly) installed. */
  | { readonly inside: false; readonly problem: Problem; readonly lacksChrony: boolean };

/** Tells whether tsync may set the time of this system by chrony, and if not, the first reason why. */
export function findChrony(facts: Facts, system: System): Scope {
  const daemon = findDaemon(facts, 'chrony');
  if (daemon === undefined || daemon.installed.value === false)
    return { ...refused(`chrony is not installed; ${othersOf(facts)}.`), lacksChrony: true };
  const half = facts.unfinishedPackages.value?.find(({ name }) => name === 'chrony');
  if (half !== undefined)
    return { ...refused(`chrony ${half.version} is only half installed (dpkg: ${half.state}).`), lacksChrony: true };
  if (daemon.installed.value === null)
    return refused(`Whether chrony is installed is not known: ${daemon.installed.reason}`);
  if (daemon.unit === null) return refused('chrony is installed, but its init has no service for it.');
  if (daemon.version.value === null) return refused(`The version of chrony is not known: ${daemon.version.reason}`);
  const version = parseVersion(daemon.version.value);
  if (version === null) return refused(`The version of chrony, "${daemon.version.value}", is not understood.`);
  const { configPath } = facts.chrony;
  if (configPath === null) return refused(whyNoPath(daemon));
  if (!isBelow('/etc', configPath)) {
    return refused(`chronyd reads ${configPath}, which lies outside of /etc: its image or a generator makes it anew.`);
  }
  return {
    inside: true,
    host: {
      ...system,
      version,
      unit: daemon.unit,
      configPath,
      daemon,
    },
  };
}

function whyNoPath({ untrusted }: DaemonFacts): string {
  const [file] = untrusted;
  return file === undefined
    ? 'It is not known which file chronyd reads.'
    : `chronyd was started with -f ${file}, which others than root can write.`;
}

function othersOf(facts: Facts): string {
  const active = facts.daemons
    .filter((one) => one.name !== 'chrony' && one.active.value === true)
    .map((one) => one.name);
  return active.length === 0 ? 'no time daemon runs' : `${active.join(' and ')} keeps its time`;
}

function refused(detail: string): Extract<Scope, { inside: false }> {
  return { ...outside(detail), lacksChrony: false };
}
