import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { parseVersion } from './chrony-version.js';
import { DISTRIBUTIONS, type Distribution } from './distributions.js';

/** A host that this policy can set: chrony under systemd on a distribution whose layout is known. All of it known. */
export interface ChronyHost {
  readonly distribution: Distribution;
  readonly version: readonly [number, number];
  readonly systemdVersion: number;
  /** Unit with suffix: `chrony.service`. */
  readonly unit: string;
  /** The file that chronyd really reads. */
  readonly configPath: string;
  readonly daemon: DaemonFacts;
}

export type Scope =
  | { readonly inside: true; readonly host: ChronyHost }
  /** `lacksChrony`: all else would do, but chrony is not (wholly) installed. */
  | { readonly inside: false; readonly problem: Problem; readonly lacksChrony: boolean };

/** Tells whether tsync may set the time of this host, and if not, the first reason why. */
export function findScope(facts: Facts): Scope {
  const os = facts.os.value;
  if (os === null) return outside(`The distribution is not known: ${facts.os.value === null ? facts.os.reason : ''}`);
  const distribution = DISTRIBUTIONS[os.family];
  if (distribution === null) return outside(`${os.prettyName} is of a family of distributions that is not known.`);
  if (os.id === 'rhcos') return outside(`The files of ${os.prettyName} come from its MachineConfig.`);
  const major = Number.parseInt(os.versionId, 10);
  if (distribution.oldest > 0 && !(major >= distribution.oldest)) {
    return outside(`${os.prettyName} is older than release ${distribution.oldest} of its family.`);
  }
  if (facts.init.value !== 'systemd') return outside(`Its init is ${facts.init.value ?? 'not known'}, not systemd.`);
  if (facts.virtualization.value === 'wsl')
    return outside('It is a Linux subsystem of Windows, whose clock Windows keeps.');
  return findChrony(facts, distribution);
}

function findChrony(facts: Facts, distribution: Distribution): Scope {
  const daemon = facts.daemons.find((one) => one.name === 'chrony');
  if (daemon === undefined || daemon.installed.value === false)
    return { ...outside(`chrony is not installed; ${othersOf(facts)}.`), lacksChrony: true };
  const half = facts.unfinishedPackages.value?.find(({ name }) => name === 'chrony');
  if (half !== undefined)
    return { ...outside(`chrony ${half.version} is only half installed (dpkg: ${half.state}).`), lacksChrony: true };
  if (daemon.installed.value === null)
    return outside(`Whether chrony is installed is not known: ${daemon.installed.reason}`);
  if (daemon.unit === null) return outside('chrony is installed, but systemd has no unit for it.');
  if (daemon.version.value === null) return outside(`The version of chrony is not known: ${daemon.version.reason}`);
  const version = parseVersion(daemon.version.value);
  if (version === null) return outside(`The version of chrony, "${daemon.version.value}", is not understood.`);
  if (facts.systemdVersion.value === null)
    return outside(`The version of systemd is not known: ${facts.systemdVersion.reason}`);
  const { configPath } = facts.chrony;
  if (configPath === null) return outside('It is not known which file chronyd reads.');
  if (!configPath.startsWith('/etc/')) {
    return outside(`chronyd reads ${configPath}, which lies outside of /etc: its image or a generator makes it anew.`);
  }
  return {
    inside: true,
    host: {
      distribution,
      version,
      systemdVersion: facts.systemdVersion.value,
      unit: daemon.unit,
      configPath,
      daemon,
    },
  };
}

function othersOf(facts: Facts): string {
  const active = facts.daemons
    .filter((one) => one.name !== 'chrony' && one.active.value === true)
    .map((one) => one.name);
  return active.length === 0 ? 'no time daemon runs' : `${active.join(' and ')} keeps its time`;
}

function outside(detail: string): Extract<Scope, { inside: false }> {
  return { inside: false, problem: problem('policy/out-of-scope', printable(detail)), lacksChrony: false };
}
