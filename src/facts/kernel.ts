import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, Facts } from './facts.js';
import type { Sections } from './sections.js';

/** `uname -srm`: `Linux 6.1.0-37-cloud-amd64 x86_64`. */
export function kernelFact(sections: Sections): Facts['kernel'] {
  return whenKnown(sections.whole('uname', 'uname'), (text) => {
    const [system, release, machine] = text.trim().split(/\s+/);
    if (!system || !release || !machine) return unknown(`uname printed ${text}`);
    return known({ release: shown(release, 80), machine: shown(machine, 40) });
  });
}

export function clocksourceFact(system: ReadonlyMap<string, string | null>): Fact<string> {
  const name = system.get('clocksource');
  return name ? known(shown(name, 40)) : unknown('/sys/devices/system/clocksource could not be read');
}

export function clocksourcesFact(system: ReadonlyMap<string, string | null>): Fact<readonly string[]> {
  const names = system.get('clocksources')?.trim();
  return names
    ? known(names.split(/\s+/).map((name) => shown(name, 40)))
    : unknown('the clocksources could not be read');
}

/** The first number of /proc/uptime, in seconds. */
export function uptimeFact(system: ReadonlyMap<string, string | null>): Fact<number> {
  const match = /^([0-9]{1,12}(?:\.[0-9]{1,9})?)(?:\s|$)/.exec(system.get('uptime') ?? '');
  return match ? known(Number(match[1])) : unknown('/proc/uptime could not be read');
}

/** 1 and 0 in /sys/fs/selinux/enforce; no such file where SELinux is off. */
export function selinuxFact(system: ReadonlyMap<string, string | null>, looked: boolean): Facts['selinux'] {
  const mode = system.get('selinux');
  if (mode === '1') return known('enforcing');
  if (mode === '0') return known('permissive');
  if (mode === undefined && looked) return known('disabled');
  return unknown('/sys/fs/selinux/enforce could not be read');
}
