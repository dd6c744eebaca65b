import { wrongFilePlace } from '#resources/file/wrong-file-place.js';

/** What may be written for a resource of the user's own; what is wrong with a word begins with "must", as schemas want it. */

const PATH = /^(?:\/[A-Za-z0-9_:@+,~=-][A-Za-z0-9_.:@+,~=-]*|\/\.[A-Za-z0-9_:@+,~=-][A-Za-z0-9_.:@+,~=-]*)+$/;

/** Made anew at every boot, no files at all, or tsync's own. */
const NO_FOLDERS = ['/proc', '/sys', '/dev', '/run', '/var/run', '/var/lib/tsync', '/etc/tsync'];

const OWN_FILES =
  /\/(?:tsync\.conf|tsync\.sources|60-tsync-refclock\.conf|99-tsync-[^/]*)$|^\/etc\/(?:modprobe\.d|systemd\/system)\/tsync-/;

/** null: the path is one. */
export function wrongPath(path: string): string | null {
  if (!path.startsWith('/')) return 'must be an absolute path';
  if (path.length > 400) return 'must be at most 400 characters long';
  if (path.split('/').includes('..')) return 'must be a path without ".."';
  if (!PATH.test(path)) return 'must be a path of letters, digits and _.:@+,~=-, without empty parts';
  const folder = NO_FOLDERS.find((one) => path === one || path.startsWith(`${one}/`));
  if (folder !== undefined) return `must not lie below ${folder}`;
  const place = wrongFilePlace(path);
  if (place !== null) return `must be a place for a file of root's: ${place}`;
  return OWN_FILES.test(path) ? "must not be one of tsync's own files" : null;
}

/** Units whose state the strategy decides. */
const TIME_UNITS: ReadonlySet<string> = new Set(
  ['chrony', 'chronyd', 'systemd-timesyncd', 'ntp', 'ntpd', 'ntpsec', 'openntpd'].map((name) => `${name}.service`),
);

/** null: it is a unit that a playbook may name. */
export function wrongUnit(name: string): string | null {
  if (!/^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,200}$/.test(name)) return 'must be the name of a service';
  const unit = unitOf(name);
  if (!unit.endsWith('.service')) return 'must be a service: sockets, timers and other units are not set';
  if (unit.includes('@.')) return 'must be an instance of its template: name@instance.service';
  return null;
}

/** null: the strategy does not decide about it. */
export function ownedUnit(name: string): string | null {
  return TIME_UNITS.has(unitOf(name)) ? 'must not be a time daemon: the strategy decides which one runs' : null;
}

export function unitOf(name: string): string {
  return /\.(?:service|socket|timer|target|mount|path|device|swap|slice|scope|automount)$/.test(name)
    ? name
    : `${name}.service`;
}

const PARAMETER = /^([A-Za-z0-9_]{1,64})\.([A-Za-z0-9_]{1,64})$/;

/** null: it is `module.parameter`. */
export function wrongParameter(name: string): string | null {
  const [module, parameter] = splitParameter(name) ?? [];
  if (module === undefined) return 'must be module.parameter';
  return module === 'hv_utils' && /^timesync_/.test(parameter ?? '')
    ? 'must not be one of the time synchronisation of hv_utils: the strategy decides about it'
    : null;
}

export function splitParameter(name: string): readonly [string, string] | null {
  const match = PARAMETER.exec(name);
  return match?.[1] && match[2] ? [match[1].replaceAll('-', '_'), match[2]] : null;
}

export const VALUE = /^[A-Za-z0-9_.,:+/-]{1,120}$/;
export const OWNER = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * Three octal digits of a mode, as four. YAML 1.1 makes 420 of 0644; a number that was written without the leading zero, or
 * that could have been, is nobody's mode: null.
 */
export function modeOf(value: unknown): string | null {
  if (typeof value === 'string') return /^0?[0-7]{3}$/.test(value) ? value.padStart(4, '0') : null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0o777) return null;
  const digits = value.toString(8).padStart(3, '0');
  return isUsual(digits) && !isUsual(String(value)) ? `0${digits}` : null;
}

/** The owner may read, and nobody may more than the one before. */
function isUsual(digits: string): boolean {
  if (!/^[0-7]{3}$/.test(digits)) return false;
  const [owner, group, other] = [...digits].map(Number) as [number, number, number];
  return (owner & 4) === 4 && (group & ~owner) === 0 && (other & ~group) === 0;
}

export const MODE_WORDS = "must be a mode in quotes, such as '0644'";
export const MOST_BYTES = 65_536;
