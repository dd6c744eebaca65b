import { shown } from './fact.js';
import type { ChronySource, ChronyTracking } from './facts.js';

/**
 * `chronyc -n tracking` for people, as chrony 1.2x to 2.3 print it: those versions have no CSV. Signs as in the CSV: positive
 * offset = the host is slow, positive frequency = fast. null for what is no such text.
 */
export function parseTrackingText(text: string): ChronyTracking | null {
  const values = new Map(text.split('\n').map(splitAtColon));
  const stratum = leadingNumber(values.get('Stratum'));
  const system = signed(values.get('System time'), 'slow', 'fast');
  const frequency = signed(values.get('Frequency'), 'fast', 'slow');
  const referenceTimeSeconds = parseDate(values.get('Ref time (UTC)'));
  const reference = parseReference(values.get('Reference ID'));
  const skew = leadingNumber(values.get('Skew'));
  const delay = leadingNumber(values.get('Root delay'));
  const dispersion = leadingNumber(values.get('Root dispersion'));
  if (stratum === null || system === null || frequency === null || reference === null) return null;
  if (referenceTimeSeconds === null || skew === null || delay === null || dispersion === null) return null;
  return {
    ...reference,
    stratum,
    referenceTimeSeconds,
    systemOffsetSeconds: system,
    // not printed before 1.27
    lastOffsetSeconds: leadingNumber(values.get('Last offset')) ?? 0,
    rmsOffsetSeconds: leadingNumber(values.get('RMS offset')) ?? 0,
    frequencyPpm: frequency,
    skewPpm: skew,
    rootDelaySeconds: delay,
    rootDispersionSeconds: dispersion,
    updateIntervalSeconds: leadingNumber(values.get('Update interval')) ?? 0,
    leap: LEAPS.find((leap) => leap === values.get('Leap status')) ?? 'unknown',
  };
}

export const LEAPS = ['Normal', 'Insert second', 'Delete second', 'Not synchronised'] as const;

function splitAtColon(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  return at < 1 ? ['', ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** `0.000001501 seconds`, `331.898 ppm fast` */
function leadingNumber(text: string | undefined): number | null {
  const match = /^[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?=\s|$)/.exec(text ?? '');
  return match ? Number(match[0]) : null;
}

function signed(text: string | undefined, positive: string, negative: string): number | null {
  const value = leadingNumber(text);
  if (value === null || text === undefined) return null;
  if (new RegExp(` ${positive}( |$)`).test(text)) return value;
  return new RegExp(` ${negative}( |$)`).test(text) ? -value : null;
}

/** `50.48.43.30 (PHC0)` of 2.x (a refclock's name as an address), `50484330 (PHC0)` from 3.0 on, `127.127.1.1 ()`. */
function parseReference(text: string | undefined): { readonly referenceId: string; readonly name: string } | null {
  const match = /^([0-9A-Fa-f]{8}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}) \(([^)]*)\)/.exec(text ?? '');
  if (match?.[1] === undefined) return null;
  const parts = match[1].split('.').map(Number);
  if (parts.some((part) => part > 255)) return null;
  const hex = parts.length === 4 ? parts.map((part) => part.toString(16).padStart(2, '0')).join('') : match[1];
  return { referenceId: hex.toUpperCase(), name: shown(match[2] ?? '') };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri Feb  3 15:00:29 2012`, in UTC: seconds of Unix time. */
function parseDate(text: string | undefined): number | null {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) +([0-9]{4})$/.exec(
    text ?? '',
  );
  const month = MONTHS.indexOf(match?.[1] ?? '');
  if (!match || month < 0) return null;
  const [day, hour, minute, second, year] = match.slice(2, 7).map(Number);
  return Date.UTC(year ?? 0, month, day, hour, minute, second) / 1000;
}

/** One row of `chronyc -n sources` for people; null for what is none. */
export function parseSourceText(line: string): ChronySource | null {
  const match = SOURCE.exec(line);
  if (!match) return null;
  const [, mode = '', state, name = '', stratum, poll, reach = '', age = '', offset, offsetUnit, error, errorUnit] =
    match;
  const lastSampleAgeSeconds = parseAge(age);
  if (lastSampleAgeSeconds === undefined) return null;
  return {
    mode: mode === '^' ? 'server' : mode === '=' ? 'peer' : 'refclock',
    state: STATES.find((one) => one === state) ?? 'unknown',
    name: shown(name),
    stratum: Number(stratum),
    poll: Number(poll),
    reach: Number.parseInt(reach, 8),
    lastSampleAgeSeconds,
    offsetSeconds: Number(offset) * (UNITS[offsetUnit ?? ''] ?? 0),
    errorSeconds: Number(error) * (UNITS[errorUnit ?? ''] ?? 0),
  };
}

/** `^* ntp1  2  6  377  23  -923us[ -924us] +/-  43ms`: the first offset is the adjusted one. */
const SOURCE =
  /^([\^=#])(\S) (\S{1,255}) +([0-9]{1,2}) +(-?[0-9]{1,2}) +([0-3]?[0-7]{1,2}) +(\S{1,12}) +([+-]?[0-9]{1,12}(?:\.[0-9]{1,9})?)(ns|us|ms|s)\[[^\]]{1,20}\] *\+\/- *([0-9]{1,12}(?:\.[0-9]{1,9})?)(ns|us|ms|s)\s*$/;

const STATES = ['*', '+', '-', '?', 'x', '~'] as const;
const UNITS: { readonly [unit: string]: number } = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1 };
const AGE_UNITS: { readonly [unit: string]: number } = { m: 60, h: 3600, d: 86_400, y: 31_557_600 };

/** `23`, `5m`, `3h`, `10d`, `10y`: seconds; null for `-`, and undefined for what is none. */
function parseAge(text: string): number | null | undefined {
  if (text === '-') return null;
  const match = /^([0-9]{1,10})([mhdy]?)$/.exec(text);
  return match ? Number(match[1]) * (AGE_UNITS[match[2] ?? ''] ?? 1) : undefined;
}

/** What chronyc prints around the rows: a status, the legend, the heading and its underline. */
export function isSourceHeading(line: string): boolean {
  return line.trim() === '' || /^(?:210 Number of sources|MS Name|=+\s*$)/.test(line);
}
