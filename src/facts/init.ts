import { known, unknown, whenKnown } from './fact.js';
import type { Fact, Init } from './facts.js';
import type { Sections } from './sections.js';

/** Which init runs: /run/systemd/system and /run/openrc say so; of the rest, upstart leaves /sbin/initctl and /etc/init. */
export function initFact(system: ReadonlyMap<string, string | null>): Fact<Init> {
  if (system.get('systemd') === 'yes') return known('systemd');
  if (system.get('openrc') === 'yes') return known('openrc');
  const comm = system.get('init');
  if (comm === undefined || comm === null) return unknown('/proc/1/comm could not be read');
  if (comm === 'init' || comm === 'upstart') return known(system.get('upstart') === 'yes' ? 'upstart' : 'sysv');
  return known('other');
}

/** `systemd 252 (252.39-1~deb12u1)`, `systemd 219` */
export function systemdVersionFact(sections: Sections, init: Fact<Init>): Fact<number> {
  if (init.value !== null && init.value !== 'systemd') return unknown(`init is ${init.value}, not systemd`);
  return whenKnown(sections.whole('systemd', 'systemctl --version'), (text) => {
    const version = /^systemd ([0-9]{1,5})\b/m.exec(text)?.[1];
    return version ? known(Number(version)) : unknown('systemctl --version printed no version');
  });
}

/** Whether what takes an unconfirmed change back at the next boot has a place here; systemd always has one. */
export function bootHookFact(system: ReadonlyMap<string, string | null>, init: Fact<Init>): Fact<boolean> {
  if (init.value === 'systemd') return known(true);
  const said = system.get('boot-hook');
  return said === 'yes' || said === 'no' ? known(said === 'yes') : unknown('the probe did not look for a place');
}
