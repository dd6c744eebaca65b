import type { ClockMeasurement } from '#snapshot/snapshot.js';
import { CLOCK_READINGS, type ClockReading, type ClockSource } from './clock-readings.js';
import { known, unknown } from './fact.js';
import type { DaemonName, Fact, Facts } from './facts.js';

/** Is the clock synchronised, to what, and how far off: the one answer of tsync, for every program, page and screen. */
export interface ClockState extends ClockReading {
  /** The daemon that is asked. */
  readonly daemon: Fact<DaemonName | 'none'>;
  /** Our own measurement, finite. `offsetSeconds` is the daemon's own word. */
  readonly measured: Fact<ClockMeasurement>;
}

/** What the daemons call themselves where a person reads it. */
export const DAEMON_PROGRAMS: { readonly [D in DaemonName]: string } = {
  chrony: 'chronyd',
  timesyncd: 'systemd-timesyncd',
  ntpd: 'ntpd',
  ntpsec: 'ntpsec',
  openntpd: 'OpenNTPD',
};

/** Only a daemon that runs is believed, whatever else on the host answers in its place. */
export function clockStateOf(facts: Facts): ClockState {
  const daemon = askedDaemon(facts);
  return { daemon, ...readingOf(daemon, facts), measured: measuredOf(facts) };
}

/** chronyd first: tsync may just have put it in another daemon's place, which is still stopping. */
const ORDER: readonly DaemonName[] = ['chrony', 'timesyncd', 'ntpd', 'ntpsec', 'openntpd'];

function askedDaemon({ daemons }: Facts): Fact<DaemonName | 'none'> {
  const asked = ORDER.find((name) => daemons.some((one) => one.name === name && one.active.value === true));
  if (asked !== undefined) return known(asked);
  const unread = daemons.flatMap(({ active }) => (active.value === null ? [active.reason] : []))[0];
  return unread === undefined ? known('none') : unknown(`which time daemon runs is not known: ${unread}`);
}

function readingOf(daemon: Fact<DaemonName | 'none'>, facts: Facts): ClockReading {
  if (daemon.value === null) return { synchronised: daemon, source: daemon, offsetSeconds: daemon, lines: NO_LINES };
  if (daemon.value === 'none') {
    const source: ClockSource = { kind: 'none' };
    return {
      synchronised: known(false),
      source: known(source),
      offsetSeconds: unknown('no time daemon runs'),
      lines: NO_LINES,
    };
  }
  const reading = CLOCK_READINGS[daemon.value](facts);
  return { ...reading, offsetSeconds: whileSynchronised(reading, DAEMON_PROGRAMS[daemon.value]) };
}

const NO_LINES: ClockReading['lines'] = { synchronised: [], source: [], offset: [] };

/** An unsynchronised daemon shows an offset of zero. */
function whileSynchronised({ synchronised, offsetSeconds }: ClockReading, program: string): Fact<number> {
  if (synchronised.value === null) return synchronised;
  return synchronised.value
    ? offsetSeconds
    : unknown(`while ${program} is not synchronised, the offset that it shows means nothing`);
}

function measuredOf({ clock }: Facts): Fact<ClockMeasurement> {
  if (clock.value === null) return clock;
  const { offsetSeconds, boundSeconds } = clock.value;
  return Number.isFinite(offsetSeconds) && Number.isFinite(boundSeconds)
    ? clock
    : unknown('the exchanges of timestamps gave no number');
}
