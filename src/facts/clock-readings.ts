import { printable } from '#errors/printable.js';
import { known, unknown, whenKnown } from './fact.js';
import type {
  ChronyFacts,
  ChronySource,
  ChronyTracking,
  DaemonName,
  Fact,
  Facts,
  NtpdFacts,
  TimesyncdFacts,
} from './facts.js';

/** `local`: the daemon follows the clock of the host itself, which nothing corrects. `none`: it follows nothing. */
export type ClockSource =
  | {
      readonly kind: 'server' | 'refclock' | 'local';
      readonly name: string;
      /** All that the daemon says of it, printable. */
      readonly text: string;
    }
  | { readonly kind: 'none' };

/** One line that a daemon printed, made printable, and the command that printed it. */
export interface ClockLine {
  readonly where: string;
  readonly text: string;
}

/** A daemon's own account of the clock. Reasons are clauses that name what was asked. */
export interface ClockReading {
  readonly synchronised: Fact<boolean>;
  readonly source: Fact<ClockSource>;
  /** The daemon's estimate of its offset from its source; positive: the host is slow. It means something only while synchronised. */
  readonly offsetSeconds: Fact<number>;
  /** The lines that each of the three rests on. */
  readonly lines: { readonly [F in 'synchronised' | 'source' | 'offset']: readonly ClockLine[] };
}

/** One entry a daemon: the only place that knows what its words mean. */
export const CLOCK_READINGS: { readonly [D in DaemonName]: (facts: Facts) => ClockReading } = {
  chrony: ({ chrony }) => ofChrony(chrony),
  timesyncd: ofTimesyncd,
  ntpd: (facts) => ofNtpd(facts, 'ntpd'),
  ntpsec: (facts) => ofNtpd(facts, 'ntpsec'),
  openntpd: ofOpenntpd,
};

const NONE: ClockSource = { kind: 'none' };

function ofChrony({ tracking, sources }: ChronyFacts): ClockReading {
  const told = toldBy('chronyc tracking', tracking);
  return {
    synchronised: whenKnown(told, chronySynchronised),
    source: whenKnown(toldBy('chronyc sources', sources), chronySource),
    offsetSeconds: whenKnown(told, ({ systemOffsetSeconds }) => offset(systemOffsetSeconds, 'chronyc -c tracking')),
    lines: {
      synchronised: linesOf(tracking, ({ referenceId, name, stratum, leap }) => [
        line('chronyc -c tracking', `reference ${referenceId} (${name}), stratum ${stratum}, leap ${leap}`),
      ]),
      source: linesOf(sources, (rows) => rows.map((row) => line('chronyc -c sources', describeChronySource(row)))),
      offset: linesOf(tracking, ({ systemOffsetSeconds }) => [
        line('chronyc -c tracking', `System time ${systemOffsetSeconds} s`),
      ]),
    },
  };
}

/**
 * An unsynchronised chronyd prints perfect zeros everywhere but in leap, reference and stratum. With `local` it says `Normal` and
 * a low stratum of a clock that follows nothing: its reference is 127.127.1.x then (chrony.conf(5)).
 */
export function chronySynchronised({ leap, stratum, referenceId }: ChronyTracking): Fact<boolean> {
  if (leap === 'unknown') return unknown('chronyc printed a leap status that is not known');
  const followsNothing = /^(?:0*$|7F7F01)/i.test(referenceId);
  return known(leap !== 'Not synchronised' && isStratum(stratum) && !followsNothing);
}

/** The row that chronyd has selected: `*` of chronyc(1), sources. */
export function selectedChronySource(rows: readonly ChronySource[]): ChronySource | undefined {
  return rows.find(({ state }) => state === '*');
}

function chronySource(rows: readonly ChronySource[]): Fact<ClockSource> {
  const selected = selectedChronySource(rows);
  if (selected === undefined) return known(NONE);
  if (selected.mode === 'unknown') return unknown('chronyc printed a kind of source that is not known');
  const kind = selected.mode === 'refclock' ? 'refclock' : 'server';
  return known({ kind, name: selected.name, text: describeChronySource(selected) });
}

function describeChronySource({ mode, name, state, reach }: ChronySource): string {
  return printable(`${mode} ${name}, state ${state}, reach ${reach.toString(8)}`);
}

/** It has one server at a time, and follows it once it is synchronised. */
function ofTimesyncd({ timesyncd }: Facts): ClockReading {
  const told = toldBy('systemd-timesyncd', timesyncd);
  return {
    synchronised: whenKnown(told, ({ synchronised }) => known(synchronised)),
    source: whenKnown(told, (state) => {
      if (!state.synchronised) return known(NONE);
      const name = state.serverName ?? state.serverAddress;
      if (name === null) return unknown('systemd-timesyncd does not name its server');
      return known({ kind: 'server', name, text: describeServer(state) });
    }),
    offsetSeconds: whenKnown(told, ({ offsetSeconds }) => offset(offsetSeconds, 'timedatectl timesync-status')),
    lines: {
      synchronised: linesOf(timesyncd, ({ serverName, stratum }) => [
        line('timedatectl show-timesync', `server ${serverName ?? 'none'}, stratum ${stratum ?? 'none'}`),
      ]),
      source: linesOf(timesyncd, (state) => [line('timedatectl show-timesync', describeServer(state))]),
      offset: linesOf(timesyncd, ({ offsetSeconds }) => [
        line('timedatectl timesync-status', `Offset ${offsetSeconds} s`),
      ]),
    },
  };
}

function describeServer({ serverName, serverAddress }: TimesyncdFacts): string {
  return printable(`${serverName ?? 'no server'} (${serverAddress ?? 'no address'})`);
}

function ofNtpd({ ntpd }: Facts, name: 'ntpd' | 'ntpsec'): ClockReading {
  const told = toldBy(name, ntpd);
  return {
    synchronised: whenKnown(told, (state) => ntpdSynchronised(state, name)),
    source: whenKnown(told, ({ peers }) => known(ntpdSource(peers))),
    offsetSeconds: whenKnown(told, ({ offsetSeconds }) => offset(offsetSeconds, 'ntpq -c rv')),
    lines: {
      synchronised: linesOf(ntpd, ({ leap, stratum }) => [
        line('ntpq -c rv', `leap ${leap ?? 'unknown'}, stratum ${stratum ?? 'unknown'}`),
      ]),
      source: linesOf(ntpd, ({ peers }) => peers.map((peer) => line('ntpq -pn', describePeer(peer)))),
      offset: linesOf(ntpd, ({ offsetSeconds }) => [line('ntpq -c rv', `offset ${offsetSeconds} s`)]),
    },
  };
}

/** One that follows its own clock (127.127.1.x, or as an orphan 127.0.0.1: ntp.conf(5)) calls itself synchronised. */
function ntpdSynchronised({ leap, stratum, referenceId, peers }: NtpdFacts, name: string): Fact<boolean> {
  if (leap === null || stratum === null) return unknown(`${name} did not say its leap status and stratum`);
  if (/^(?:11|3|leap_alarm|not.?sync.*|.*unsync.*)$/i.test(leap) || !isStratum(stratum)) return known(false);
  if (!/^(?:0[01]?|10?|2|leap_none|(?:leap_)?(?:add|del)_sec)$/i.test(leap))
    return unknown('ntpq printed a leap status that is not known');
  const isOrphan = referenceId === '127.0.0.1';
  return known(!isOrphan && !isLocalClock(referenceId ?? '') && ntpdSource(peers).kind !== 'local');
}

/** `*`, or `o` with the pulses of a clock: ntpq(8), peers. A refclock is 127.127.t.u, or a driver's name with its unit. */
function ntpdSource(peers: NtpdFacts['peers']): ClockSource {
  const selected = peers.find(({ tally }) => tally === '*' || tally === 'o');
  if (selected === undefined) return NONE;
  const { remote } = selected;
  const isRefclock = /^127\.127\.|^[A-Z][A-Z0-9_]*\(\d+\)$/.test(remote);
  const kind = isLocalClock(remote) ? 'local' : isRefclock ? 'refclock' : 'server';
  return { kind, name: remote, text: describePeer(selected) };
}

function describePeer({ remote, tally, reach }: NtpdFacts['peers'][number]): string {
  return printable(`${remote}, state "${tally}", reach ${reach.toString(8)}`);
}

function isLocalClock(name: string): boolean {
  return /^(?:127\.127\.1\.\d+|LOCAL\(\d+\)|\.?LOCL\.?)$/.test(name);
}

function ofOpenntpd({ openntpd }: Facts): ClockReading {
  const where = 'ntpctl -s all';
  const told = toldBy('OpenNTPD', openntpd);
  return {
    synchronised: whenKnown(told, ({ synchronised }) => known(synchronised)),
    source: whenKnown(told, ({ peers }) => {
      const remote = peers.find((peer) => peer.selected)?.remote;
      return known(remote === undefined ? NONE : { kind: 'server', name: remote, text: printable(remote) });
    }),
    offsetSeconds: whenKnown(told, ({ peers }) =>
      offset(peers.find((peer) => peer.selected)?.offsetSeconds ?? null, where),
    ),
    lines: {
      synchronised: linesOf(openntpd, ({ synchronised, stratum }) => [
        line(where, `clock ${synchronised ? 'synced' : 'unsynced'}, stratum ${stratum ?? 'none'}`),
      ]),
      source: linesOf(openntpd, ({ peers }) =>
        peers.map(({ remote, selected }) => line(where, `${remote}, ${selected ? 'selected' : 'not selected'}`)),
      ),
      offset: linesOf(openntpd, ({ peers }) =>
        peers.flatMap(({ remote, selected, offsetSeconds }) =>
          selected ? [line(where, `${remote}, offset ${offsetSeconds} s`)] : [],
        ),
      ),
    },
  };
}

/** RFC 5905: 16 is unsynchronised; 0 is what chronyd shows before its first source. */
function isStratum(stratum: number): boolean {
  return stratum >= 1 && stratum <= 15;
}

function offset(seconds: number | null, where: string): Fact<number> {
  return seconds !== null && Number.isFinite(seconds) ? known(seconds) : unknown(`${where} printed no offset`);
}

/** An unknown fact with the name of what was asked in its reason. */
function toldBy<T>(asked: string, fact: Fact<T>): Fact<T> {
  return fact.value === null ? unknown(`${asked} told nothing: ${(fact as { readonly reason: string }).reason}`) : fact;
}

function linesOf<T>(fact: Fact<T>, describe: (value: T & {}) => readonly ClockLine[]): readonly ClockLine[] {
  return fact.value === null || fact.value === undefined ? [] : describe(fact.value);
}

function line(where: string, text: string): ClockLine {
  return { where, text: printable(text) };
}
