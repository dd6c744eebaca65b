import { isSourceHeading, LEAPS, parseSourceText, parseTrackingText } from './chrony-texts.js';
import { known, shown, unknown, whenKnown } from './fact.js';
import type { ChronySource, ChronyTracking, Fact } from './facts.js';
import type { Sections } from './sections.js';

/**
 * `chronyc -c -n tracking`, or where that chronyc has no CSV its text: 14 columns (chrony 2.4 and newer), and later versions may add to the right.
 * Offsets: positive = the host is slow. Frequency: positive = fast. An unsynchronised chronyd prints perfect zeros: look at
 * `leap`, `referenceId` and `stratum` first.
 */
export function trackingFact(sections: Sections): Fact<ChronyTracking> {
  if (sections.section('tracking-text') === null) return whenKnown(answer(sections, 'tracking'), trackingOf);
  return whenKnown(answer(sections, 'tracking-text'), (text) => {
    const tracking = parseTrackingText(text);
    return tracking ? known(tracking) : unknown(`chronyc tracking printed what is not known: ${text.slice(0, 80)}`);
  });
}

/** What `chronyc -c -n tracking` printed, wherever it ran. */
export function trackingOf(text: string): Fact<ChronyTracking> {
  const line = text.split('\n').find((candidate) => /^[0-9A-Fa-f]{8},/.test(candidate));
  const tracking = line === undefined ? null : parseTracking(line.split(','));
  return tracking ? known(tracking) : unknown(`chronyc tracking printed what is not known: ${text.slice(0, 80)}`);
}

function parseTracking(columns: readonly string[]): ChronyTracking | null {
  const numbers = columns.slice(2, 13).map(parseNumber);
  if (numbers.length < 11 || numbers.some((value) => value === null)) return null;
  const [stratum, reference, system, last, rms, frequency, , skew, delay, dispersion, interval] = numbers as number[];
  return {
    referenceId: (columns[0] ?? '').toUpperCase(),
    name: shown(columns[1] ?? ''),
    stratum: stratum ?? 0,
    referenceTimeSeconds: reference ?? 0,
    systemOffsetSeconds: system ?? 0,
    lastOffsetSeconds: last ?? 0,
    rmsOffsetSeconds: rms ?? 0,
    frequencyPpm: frequency ?? 0,
    skewPpm: skew ?? 0,
    rootDelaySeconds: delay ?? 0,
    rootDispersionSeconds: dispersion ?? 0,
    updateIntervalSeconds: interval ?? 0,
    leap: LEAPS.find((leap) => leap === columns[13]?.trim()) ?? 'unknown',
  };
}

/** `chronyc -c -n sources`: 10 columns; or where that chronyc has no CSV its text. An empty list: chronyd has no sources. A line that is not understood makes all unknown. */
export function sourcesFact(sections: Sections): Fact<readonly ChronySource[]> {
  if (sections.section('sources-text') === null) {
    return whenKnown(answer(sections, 'sources'), (text) => rowsOf(text, 'sources', parseSource));
  }
  return whenKnown(answer(sections, 'sources-text'), (text) => {
    const rows = text.split('\n').filter((line) => !isSourceHeading(line));
    return rowsOf(rows.join('\n'), 'sources', (_, line) => parseSourceText(line));
  });
}

/** Every line of a table of chronyc, by its columns. */
export function rowsOf<T>(
  text: string,
  name: string,
  parse: (columns: readonly string[], line: string) => T | null,
): Fact<readonly T[]> {
  const rows: T[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const row = parse(line.split(','), line);
    if (row === null) return unknown(`chronyc ${name} printed what is not known: ${line.slice(0, 80)}`);
    rows.push(row);
  }
  return known(rows);
}

function parseSource(columns: readonly string[]): ChronySource | null {
  const [mode, state, name] = columns;
  const stratum = parseNumber(columns[3]);
  const poll = parseNumber(columns[4]);
  const reach = parseOctal(columns[5]);
  const age = parseNumber(columns[6]);
  const offset = parseNumber(columns[7]);
  const error = parseNumber(columns[9]);
  if (mode?.length !== 1 || state?.length !== 1 || !name) return null;
  if (stratum === null || poll === null || reach === null || age === null || offset === null || error === null)
    return null;
  return {
    mode: MODES[mode] ?? 'unknown',
    state: STATES.find((known) => known === state) ?? 'unknown',
    name: shown(name),
    stratum,
    poll,
    reach,
    lastSampleAgeSeconds: ageOf(age),
    offsetSeconds: offset,
    errorSeconds: error,
  };
}

const MODES: { readonly [mode: string]: ChronySource['mode'] } = { '^': 'server', '=': 'peer', '#': 'refclock' };
const STATES = ['*', '+', '-', '?', 'x', '~'] as const;

/** What chronyc prints for an interval that never began. */
const NEVER = 4294967295;

export function ageOf(seconds: number): number | null {
  return seconds === NEVER ? null : seconds;
}

export function answer(sections: Sections, name: string): Fact<string> {
  if (sections.section(name) === null && sections.complete) return unknown('chronyd is not running');
  return sections.whole(name, `chronyc ${name.replace('-text', '')}`);
}

export function parseNumber(text: string | undefined): number | null {
  if (text === undefined || !/^[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?$/.test(text.trim())) return null;
  return Number(text);
}

function parseOctal(text: string | undefined): number | null {
  return text !== undefined && /^[0-3]?[0-7]{1,2}$/.test(text) ? Number.parseInt(text, 8) : null;
}
