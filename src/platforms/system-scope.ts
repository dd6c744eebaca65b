import type { ScriptInit } from '#config/script-links.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { DISTRIBUTIONS, type Distribution } from './distributions.js';

/** A system whose services and files tsync knows how to set, whichever time daemon it has. */
export interface System {
  readonly distribution: Distribution;
  readonly init: { readonly kind: 'systemd'; readonly version: number } | { readonly kind: ScriptInit };
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
  if (facts.virtualization.value === 'wsl')
    return outside('It is a Linux subsystem of Windows, whose clock Windows keeps.');
  const init = initOf(facts);
  const inits: readonly string[] = distribution.inits;
  if (init === null || !inits.includes(init.kind)) return outside(otherInit(facts));
  return { inside: true, system: { distribution, init } };
}

function initOf({ init, systemdVersion }: Facts): System['init'] | null {
  if (init.value === 'sysv' || init.value === 'openrc') return { kind: init.value };
  if (init.value !== 'systemd' || systemdVersion.value === null) return null;
  return { kind: 'systemd', version: systemdVersion.value };
}

function otherInit({ init, systemdVersion, os }: Facts): string {
  if (init.value === null) return `Its init is not known: ${init.reason}`;
  if (init.value === 'systemd' && systemdVersion.value === null)
    return `The version of systemd is not known: ${systemdVersion.reason}`;
  return `Its init is ${init.value}, under which tsync was never tried on ${os.value?.prettyName ?? 'such a host'}.`;
}

/** `detail` is a full sentence and may hold text of the host. */
export function outside(detail: string): { readonly inside: false; readonly problem: Problem } {
  return { inside: false, problem: problem('policy/out-of-scope', printable(detail)) };
}
