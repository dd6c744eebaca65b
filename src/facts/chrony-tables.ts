import { ageOf, answer, parseNumber, rowsOf } from './chrony-readings.js';
import { shown, unknown, whenKnown } from './fact.js';
import type { ChronyAuthentication, ChronySelection, ChronyStatistics, Fact } from './facts.js';
import type { Sections } from './sections.js';

/** `chronyc -c -n sourcestats`: 8 columns. */
export function statisticsFact(sections: Sections): Fact<readonly ChronyStatistics[]> {
  return table(sections, 'sourcestats', ([name, ...rest]) => {
    const numbers = numbersOf(rest.slice(0, 7));
    if (!name || numbers === null) return null;
    const [samples = 0, runs = 0, span = 0, frequency = 0, skew = 0, offset = 0, deviation = 0] = numbers;
    return {
      name: shown(name),
      samples,
      runs,
      spanSeconds: span,
      frequencyPpm: frequency,
      frequencySkewPpm: skew,
      offsetSeconds: offset,
      deviationSeconds: deviation,
    };
  });
}

/**
 * `chronyc -c -n selectdata` (4.0 and newer, root only): state, name, authenticated, five configured options, five effective
 * ones, last sample, score, the lowest and the highest offset, leap.
 */
export function selectionFact(sections: Sections): Fact<readonly ChronySelection[]> {
  return table(sections, 'selectdata', (columns) => {
    const [state = '', name, authenticated] = columns;
    const numbers = numbersOf(columns.slice(13, 17));
    if (state.length !== 1 || !name || numbers === null) return null;
    const [age = 0, score = 0, low = 0, high = 0] = numbers;
    return {
      state: shown(state),
      name: shown(name),
      authenticated: authenticated === 'Y',
      configured: optionsOf(columns.slice(3, 8)),
      effective: optionsOf(columns.slice(8, 13)),
      lastSampleAgeSeconds: ageOf(age),
      score,
      lowSeconds: low,
      highSeconds: high,
      leap: shown(columns[17] ?? 'unknown'),
    };
  });
}

/** `chronyc -c -n authdata` (4.0 and newer, root only): 10 columns; no key is among them. */
export function authenticationFact(sections: Sections): Fact<readonly ChronyAuthentication[]> {
  return table(sections, 'authdata', ([name, mode, keyId, type, length, ...rest]) => {
    const numbers = numbersOf([keyId ?? '', type ?? '', length ?? '', ...rest.slice(0, 5)]);
    if (!name || !mode || numbers === null) return null;
    const [, , , age = 0, attempts = 0, naks = 0, cookies = 0] = numbers;
    return {
      name: shown(name),
      mode: MODES[mode] ?? 'unknown',
      lastAgeSeconds: ageOf(age),
      attempts,
      naks,
      cookies,
    };
  });
}

const MODES: { readonly [mode: string]: ChronyAuthentication['mode'] } = { NTS: 'nts', SK: 'key', '-': 'none' };

function table<T>(
  sections: Sections,
  name: string,
  parse: (columns: readonly string[]) => T | null,
): Fact<readonly T[]> {
  const tracking = sections.section('tracking') ?? sections.section('tracking-text');
  if (tracking !== null && sections.section(name) === null && sections.complete) {
    const answered = tracking.state === 'ok' && tracking.exit === 0;
    return unknown(answered ? `this version of chronyc gives no ${name}` : 'chronyd did not answer');
  }
  return whenKnown(answer(sections, name), (text) => rowsOf(text, name, parse));
}

function numbersOf(columns: readonly string[]): readonly number[] | null {
  const numbers = columns.map(parseNumber);
  return columns.length === 0 || numbers.some((value) => value === null) ? null : (numbers as number[]);
}

/** `N`, `P`, `T`, `R` where the option is set, `-` where not. */
function optionsOf(columns: readonly string[]): readonly string[] {
  return columns.flatMap((letter) => OPTIONS[letter] ?? []);
}

const OPTIONS: { readonly [letter: string]: ChronySelection['configured'][number] } = {
  N: 'noselect',
  P: 'prefer',
  T: 'trust',
  R: 'require',
};
