import type { ChronyStatistics } from '#facts/facts.js';
import { amount, breach, type Condition } from './answer.js';
import { evidence } from './observe.js';
import { type Seen, synchronisedTracking } from './seen.js';

/** Limits of the table of healthy values in docs/reference/rules.md. */
const FREQUENCY_PPM = 200;
const ROOT_DISTANCE_SECONDS = 0.1;
const SKEW_PPM = 100;
const SKEW_AFTER_SECONDS = 600;
const STRATUM = 10;

const POOR_CLOCKSOURCES: ReadonlySet<string> = new Set(['acpi_pm', 'hpet', 'jiffies', 'pit', 'refined-jiffies']);

export const CLOCK_CONDITIONS = {
  'clock/clocksource': ({ facts }) => {
    const { value } = facts.clocksource;
    if (value === null) return null;
    const better = facts.clocksources.value?.find((name) => !POOR_CLOCKSOURCES.has(name)) ?? 'tsc';
    return POOR_CLOCKSOURCES.has(value) ? breach(value, better, [evidence(CLOCKSOURCE, value)]) : 'holds';
  },
  'clock/frequency': (seen) =>
    tracked(seen, ({ frequencyPpm }) => within(Math.abs(frequencyPpm), FREQUENCY_PPM, 'ppm')),
  'clock/leap-second': (seen) =>
    tracked(seen, ({ leap }) =>
      leap === 'Normal' ? 'holds' : breach(leap, 'Normal', [evidence('chronyc -c tracking', leap)]),
    ),
  'clock/root-distance': (seen) =>
    tracked(seen, ({ rootDelaySeconds, rootDispersionSeconds }) =>
      isFirstMoment(seen) ? null : within(rootDelaySeconds / 2 + rootDispersionSeconds, ROOT_DISTANCE_SECONDS, 's'),
    ),
  'clock/skew': (seen) =>
    (seen.facts.uptimeSeconds.value ?? 0) < SKEW_AFTER_SECONDS || isFirstMoment(seen)
      ? null
      : tracked(seen, ({ skewPpm }) => within(skewPpm, SKEW_PPM, 'ppm')),
  'clock/stratum': (seen) => tracked(seen, ({ stratum }) => within(stratum, STRATUM - 1, '')),
} satisfies Record<string, Condition>;

const CLOCKSOURCE = '/sys/devices/system/clocksource/clocksource0/current_clocksource';

/**
 * chronyd has just started, or has just met its sources: until it has three samples it says that its skew is 1,000,000 ppm
 * (sourcestats.c, MIN_SAMPLES_FOR_REGRESS; reference.c), and what a few seconds of samples say of a rate is no better.
 */
function isFirstMoment({ facts: { chrony } }: Seen): boolean {
  const isYoung = ({ samples, spanSeconds }: ChronyStatistics) =>
    samples < FEW_SAMPLES && spanSeconds < SHORT_SPAN_SECONDS;
  const statistics = chrony.statistics.value ?? [];
  return statistics.length > 0 && statistics.every(isYoung);
}

const FEW_SAMPLES = 8;
const SHORT_SPAN_SECONDS = 60;

function tracked(
  seen: Seen,
  judge: (tracking: NonNullable<ReturnType<typeof synchronisedTracking>>) => ReturnType<Condition>,
) {
  const tracking = synchronisedTracking(seen);
  return tracking === null ? null : judge(tracking);
}

/** A number that cannot be one is no reason to be content. */
function within(value: number, limit: number, unit: string): ReturnType<Condition> {
  if (value <= limit) return 'holds';
  return breach(amount(value, unit), amount(limit, unit), [evidence('chronyc -c tracking', `${value} ${unit}`.trim())]);
}
