import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { DISTRIBUTIONS, type Distribution } from './distributions.js';

/** A system whose services and files tsync knows how to set, whichever time daemon it has. */
export interface System {
  readonly distribution: Distribution;
  readonly systemdVersion: number;
}

export type SystemScope =
  | { readonly inside: true; readonly system: System }
  | { readonly inside: false; readonly problem: Problem };

/** Tells whether tsync may set the time of this system, and if not, the first reason why. */
export function findSystem(facts: Facts): SystemScope {
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
  if (facts.systemdVersion.value === null)
    return outside(`The version of systemd is not known: ${facts.systemdVersion.reason}`);
  return { inside: true, system: { distribution, systemdVersion: facts.systemdVersion.value } };
}

/** `detail` is a full sentence and may hold text of the host. */
export function outside(detail: string): { readonly inside: false; readonly problem: Problem } {
  return { inside: false, problem: problem('policy/out-of-scope', printable(detail)) };
}
