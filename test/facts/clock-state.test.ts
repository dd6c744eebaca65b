import { describe, expect, it } from 'vitest';
import { clockStateOf } from '#facts/clock-state.js';
import type { ChronyTracking, DaemonName, Facts, NtpdFacts } from '#facts/facts.js';
import { MADE_HOSTS } from '../plan/made-hosts.js';
import { makeFacts } from '../policy/make-facts.js';

const made = makeFacts(MADE_HOSTS['debian12-plain']!);
const running = (name: DaemonName): Facts =>
  makeFacts({ ...MADE_HOSTS['debian12-plain']!, chronyActive: false, others: [name] });

function chrony(more: Partial<ChronyTracking>): Facts {
  const tracking = { value: { ...made.chrony.tracking.value!, ...more } };
  return { ...made, chrony: { ...made.chrony, tracking } };
}

function ntpd(more: Partial<NtpdFacts>, remote = '10.0.0.1', name: 'ntpd' | 'ntpsec' = 'ntpd'): Facts {
  const peer = { tally: '*', remote, referenceId: '.GPS.', stratum: 1, reach: 255, offsetSeconds: 0.001 };
  const times = { lastSampleAgeSeconds: 1, pollSeconds: 64, delaySeconds: 0, jitterSeconds: 0 };
  const root = { rootDelaySeconds: null, rootDispersionSeconds: null, frequencyPpm: null, jitterSeconds: null };
  const state = { leap: '00', stratum: 2, offsetSeconds: 0.001, referenceId: remote, peers: [{ ...peer, ...times }] };
  return { ...running(name), ntpd: { value: { ...state, ...root, ...more } } };
}

function openntpd(synchronised: boolean): Facts {
  const peers = [
    { remote: '192.0.2.1', selected: false, stratum: 2, offsetSeconds: 0.5 },
    { remote: '192.0.2.2', selected: synchronised, stratum: 2, offsetSeconds: 0.002 },
  ];
  const stratum = synchronised ? 3 : null;
  return { ...running('openntpd'), openntpd: { value: { synchronised, stratum, offsetSeconds: null, peers } } };
}

function timesyncd(synchronised: boolean, serverName: string | null): Facts {
  const value = { synchronised, serverName, serverAddress: null, stratum: 2, offsetSeconds: -0.5 };
  return { ...running('timesyncd'), timesyncd: { value } };
}

/** Synchronised, the kind and the name of the source, and the daemon's own offset. */
function said(facts: Facts) {
  const { synchronised, source, offsetSeconds } = clockStateOf(facts);
  const name = source.value !== null && source.value.kind !== 'none' ? source.value.name : null;
  return [synchronised.value, source.value?.kind ?? null, name, offsetSeconds.value];
}

describe('the state of the clock', () => {
  it.each<[string, Facts, ReturnType<typeof said>]>([
    ['chronyd with a server', chrony({}), [true, 'server', '10.77.0.1', 0]],
    [
      'chronyd on its own clock',
      chrony({ referenceId: '7F7F0101', stratum: 10 }),
      [false, 'server', '10.77.0.1', null],
    ],
    ['chronyd at stratum 16', chrony({ stratum: 16 }), [false, 'server', '10.77.0.1', null]],
    ['chronyd with reference 0', chrony({ referenceId: '0' }), [false, 'server', '10.77.0.1', null]],
    ['chronyd with a strange leap', chrony({ leap: 'unknown' }), [null, 'server', '10.77.0.1', null]],
    ['ntpd with a server', ntpd({}), [true, 'server', '10.0.0.1', 0.001]],
    ['ntpsec with a server', ntpd({}, '10.0.0.1', 'ntpsec'), [true, 'server', '10.0.0.1', 0.001]],
    ['ntpd with a GPS clock', ntpd({}, '127.127.20.0'), [true, 'refclock', '127.127.20.0', 0.001]],
    ['ntpd on its own clock', ntpd({}, '127.127.1.0'), [false, 'local', '127.127.1.0', null]],
    ['ntpsec on its own clock', ntpd({}, 'LOCAL(0)', 'ntpsec'), [false, 'local', 'LOCAL(0)', null]],
    ['ntpd as an orphan', ntpd({ referenceId: '127.0.0.1', peers: [] }), [false, 'none', null, null]],
    ['ntpd in alarm', ntpd({ leap: 'leap_alarm' }), [false, 'server', '10.0.0.1', null]],
    ['ntpd with a strange leap', ntpd({ leap: '7' }), [null, 'server', '10.0.0.1', null]],
    ['ntpd without an offset', ntpd({ offsetSeconds: null }), [true, 'server', '10.0.0.1', null]],
    ['OpenNTPD with a server', openntpd(true), [true, 'server', '192.0.2.2', 0.002]],
    ['OpenNTPD without one', openntpd(false), [false, 'none', null, null]],
    ['timesyncd with a server', timesyncd(true, 'a'), [true, 'server', 'a', -0.5]],
    ['timesyncd that only tries one', timesyncd(false, 'a'), [false, 'none', null, null]],
    ['timesyncd that names none', timesyncd(true, null), [true, null, null, -0.5]],
    ['a host without a daemon', { ...made, daemons: [] }, [false, 'none', null, null]],
    ['a daemon that tells nothing', running('openntpd'), [null, null, null, null]],
  ])('of %s', (_name, facts, expected) => {
    expect(said(facts)).toEqual(expected);
  });

  it('is the word of a daemon that runs, whatever another one answers', () => {
    const tracking = made.chrony;
    expect(said({ ...timesyncd(false, 'a'), chrony: tracking })).toEqual([false, 'none', null, null]);
    expect(said({ ...running('openntpd'), chrony: tracking })[0]).toBeNull();
  });

  it('is unknown throughout, with the reason, where it is not known which daemon runs', () => {
    const daemons = made.daemons.map((one) => ({ ...one, active: { value: null, reason: 'denied' } }));
    const state = clockStateOf({ ...made, daemons });
    for (const fact of [state.daemon, state.synchronised, state.source, state.offsetSeconds])
      expect(fact).toEqual({ value: null, reason: 'which time daemon runs is not known: denied' });
  });

  it('has no measurement that is no number', () => {
    const clock = { value: { ...made.clock.value!, offsetSeconds: Number.NaN } };
    expect(clockStateOf({ ...made, clock }).measured).toMatchObject({ value: null, reason: expect.any(String) });
  });
});
