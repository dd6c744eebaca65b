import type { ChronyStatistics } from '#facts/facts.js';
import { amount, breach, type Condition } from './answer.js';
import { evidence } from './evidence.js';
import type { Rule } from './rule.js';
import { type Seen, synchronisedTracking } from './seen.js';

/** Limits of the table of healthy values in docs/reference/rules.md. */
const FREQUENCY_PPM = 200;

const ROOT_DISTANCE_SECONDS = 0.1;

const SKEW_PPM = 100;

const SKEW_AFTER_SECONDS = 600;

const STRATUM = 10;

const POOR_CLOCKSOURCES: ReadonlySet<string> = new Set(['acpi_pm', 'hpet', 'jiffies', 'pit', 'refined-jiffies']);

/** How well the clock is kept, whoever keeps it. */
export const CLOCK_RULES = [
  {
    id: 'clock/clocksource',
    severity: 'low',
    sentence: 'The kernel counts time with a fast and steady clocksource.',
    broken: 'The kernel counts time with a slow or unsteady clocksource.',
    brokenAt: 'The kernel counts time with {found}, a slow or unsteady clocksource.',
    applies: 'Where the clocksource was read.',
    source:
      'kernel: Documentation/timers/timekeeping; the kernel takes acpi_pm, hpet or jiffies when it finds the TSC unstable',
    remedy: 'Search the kernel log for "clocksource"; on Hyper-V the right one is hyperv_clocksource_tsc_page.',
    condition: ({ facts }) => {
      const { value } = facts.clocksource;
      if (value === null) return null;
      const better = facts.clocksources.value?.find((name) => !POOR_CLOCKSOURCES.has(name)) ?? 'tsc';
      return POOR_CLOCKSOURCES.has(value) ? breach(value, better, [evidence(CLOCKSOURCE, value)]) : 'holds';
    },
  },
  {
    id: 'clock/daemon-offset',
    severity: 'medium',
    sentence: 'The daemon holds the clock close to its source.',
    broken: 'The daemon reports that the clock is too far from its source.',
    applies: 'Where a daemon that tsync can set keeps the clock.',
    source: 'chronyc(1): tracking, System time; ntpq(8): offset; timedatectl(1): timesync-status, Offset',
    remedy: 'Wait for the correction to end; if it does not, look at the source with chronyc sourcestats.',
    awaited: 'daemon-offset',
    condition: null,
  },
  {
    id: 'clock/frequency',
    severity: 'medium',
    sentence: 'Without correction the clock would run at nearly the right rate.',
    broken: 'Without correction the clock would run much too fast or too slow.',
    applies: 'Where chronyd is synchronised.',
    source:
      'the kernel corrects at most 500 ppm; a sound clocksource is within 100 ppm, and from 200 ppm on something is wrong',
    remedy: 'Look at the clocksource, and find out what else sets the clock.',
    condition: (seen) => tracked(seen, ({ frequencyPpm }) => within(Math.abs(frequencyPpm), FREQUENCY_PPM, 'ppm')),
  },
  {
    id: 'clock/leap-second',
    severity: 'info',
    sentence: 'No leap second is announced.',
    broken: 'A leap second is announced.',
    brokenAt: 'A leap second is announced: chronyd says "{found}".',
    applies: 'Where chronyd is synchronised.',
    source: 'chronyc(1): tracking, leap status; a server that announces one by mistake has done so before',
    remedy: 'Compare with the IERS Bulletin C, and find out which server announces it.',
    condition: (seen) =>
      tracked(seen, ({ leap }) =>
        leap === 'Normal' ? 'holds' : breach(leap, 'Normal', [evidence('chronyc -c tracking', leap)]),
      ),
  },
  {
    id: 'clock/offset',
    severity: 'critical',
    sentence: "The clock is right by tsync's own measurement.",
    broken: "The clock is wrong by tsync's own measurement.",
    applies: 'On every host.',
    source:
      'timestamps exchanged with the host over its SSH connection; a daemon that follows a wrong clock shows offset 0',
    remedy: 'Compare the source with another one; do not trust a PTP clock that disagrees with NTP.',
    awaited: 'clock',
    condition: null,
  },
  {
    id: 'clock/root-distance',
    severity: 'low',
    sentence: 'The path to the reference clock adds little uncertainty to the time.',
    broken: 'The path to the reference clock adds a large uncertainty to the time.',
    applies: 'Where chronyd is synchronised, and a source has eight samples or a minute of them.',
    source:
      'chronyc(1): root delay / 2 + root dispersion bounds the error; chronyd refuses sources beyond maxdistance (3 s)',
    remedy: 'Use nearer servers, or the clock of the host.',
    condition: (seen) =>
      tracked(seen, ({ rootDelaySeconds, rootDispersionSeconds }) =>
        isFirstMoment(seen) ? null : within(rootDelaySeconds / 2 + rootDispersionSeconds, ROOT_DISTANCE_SECONDS, 's'),
      ),
  },
  {
    id: 'clock/skew',
    severity: 'medium',
    sentence: 'chronyd knows the rate of the clock well: the skew is low.',
    broken: 'chronyd does not know the rate of the clock well: the skew is high.',
    applies:
      'Where chronyd is synchronised and a source has eight samples or a minute of them, ten minutes after the boot.',
    source: 'chronyc(1): skew; Debian ignores estimates above 100 ppm (maxupdateskew)',
    remedy: 'Look at chronyc sourcestats: a source has jitter, or the VM gets too little processor time.',
    condition: (seen) =>
      (seen.facts.uptimeSeconds.value ?? 0) < SKEW_AFTER_SECONDS || isFirstMoment(seen)
        ? null
        : tracked(seen, ({ skewPpm }) => within(skewPpm, SKEW_PPM, 'ppm')),
  },
  {
    id: 'clock/step',
    severity: 'high',
    sentence: 'No change of tsync steps the clock by more than max_step.',
    broken: 'The change would step the clock by more than max_step.',
    applies: 'Where a change restarts the daemon.',
    source: 'max_step of the playbook; a restart of chronyd re-arms makestep',
    remedy: 'Set a larger max_step for this host, or correct the clock by hand first.',
    condition: null,
  },
  {
    id: 'clock/step-hazard',
    severity: 'medium',
    sentence: 'The change does not step the clock further than the programs on this host tolerate.',
    broken: 'The change is likely to step the clock further than programs on this host tolerate.',
    applies: 'Where a change restarts the daemon.',
    source: 'chrony.conf(5): makestep, maxslewrate; docs/user/safety.md',
    remedy: 'Make the change in a quiet hour, or set makestep to false so that chronyd slews the clock.',
    condition: null,
  },
  {
    id: 'clock/stratum',
    severity: 'medium',
    sentence: 'The time source is few hops away from a reference clock (low stratum).',
    broken: 'The time source is many hops away from a reference clock (high stratum).',
    applies: 'Where chronyd is synchronised.',
    source: 'RFC 5905: stratum 16 is unsynchronised; "local" and orphaned servers announce 10 and more',
    remedy: 'Find out what the server itself follows.',
    condition: (seen) => tracked(seen, ({ stratum }) => within(stratum, STRATUM - 1, '')),
  },
  {
    id: 'clock/synchronised',
    severity: 'high',
    sentence: 'The daemon is synchronised.',
    broken: 'The daemon is not synchronised.',
    applies: 'On every host.',
    source:
      'chronyc(1): tracking; an unsynchronised chronyd shows perfect numbers with reference 00000000 and stratum 0',
    remedy: 'Run chronyc sources: reach 0 means that a source has not answered its last eight requests.',
    awaited: 'synchronised',
    condition: null,
  },
] as const satisfies readonly Rule[];

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
