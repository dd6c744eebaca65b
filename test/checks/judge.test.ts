import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '#checks/judge.js';
import type { ChronyTracking, Facts } from '#facts/facts.js';
import { MADE_HOSTS } from '../plan/made-hosts.js';
import { type MadeHost, makeFacts } from '../policy/make-facts.js';

const base = MADE_HOSTS['debian12-plain']!;
const facts = (more: Partial<MadeHost> = {}) => makeFacts({ ...base, ...more });

function offsetStatus(offsetSeconds: number, boundSeconds: number, limitSeconds = 0.1) {
  const check = { kind: 'clock-offset', limitSeconds, because: 'clock/offset' } as const;
  return judge(check, facts({ clock: { offsetSeconds, boundSeconds } })).verdict;
}

describe('our own measurement of the clock', () => {
  it.each([
    [0.05, 0.05, 'in-sync'],
    [-0.05, 0.04, 'in-sync'],
    [5, 0.01, 'violation'],
    [-5, 0.01, 'violation'],
    [0.09, 0.02, 'unknown'],
    [0.11, 0.02, 'unknown'],
    [0, 3, 'unknown'],
    [Number.NaN, 0.01, 'unknown'],
  ])('of %d s ± %d s against 0.1 s is %s', (offset, bound, status) => {
    expect(offsetStatus(offset, bound).status).toBe(status);
  });

  it('is judged right only when every true offset within the bound is', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const bound = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, bound, fc.double({ min: -1, max: 1, noNaN: true }), (offset, width, at) => {
        const truth = Math.abs(offset + at * width);
        const { status } = offsetStatus(offset, width, 1);
        if (truth > 1 + 1e-9) expect(status).not.toBe('in-sync');
        if (truth < 1 - 1e-9) expect(status).not.toBe('violation');
      }),
    );
  });

  it('is unknown, with the reason, when there is none', () => {
    const without: Facts = { ...facts(), clock: { value: null, reason: 'the host has no date' } };
    const { verdict } = judge({ kind: 'clock-offset', limitSeconds: 1, because: 'clock/offset' }, without);
    expect(verdict).toMatchObject({ status: 'unknown', problem: { code: 'checks/offset-unknown' } });
  });
});

describe('synchronised', () => {
  const check = { kind: 'synchronised', because: 'clock/synchronised' } as const;
  const tracked = (more: Partial<ChronyTracking>): Facts => {
    const made = facts();
    const tracking = made.chrony.tracking.value!;
    return { ...made, chrony: { ...made.chrony, tracking: { value: { ...tracking, ...more } } } };
  };

  it.each<[string, Partial<ChronyTracking>, string]>([
    ['a reference and a stratum', {}, 'in-sync'],
    ['an announced leap second', { leap: 'Insert second' }, 'in-sync'],
    ['reference 00000000', { referenceId: '00000000' }, 'violation'],
    ['its own free-running clock', { referenceId: '7F7F0101' }, 'violation'],
    ['stratum 0', { stratum: 0 }, 'violation'],
    ['stratum 16', { stratum: 16 }, 'violation'],
    ['leap Not synchronised', { leap: 'Not synchronised' }, 'violation'],
    ['a leap status nobody knows', { leap: 'unknown' }, 'unknown'],
  ])('with %s: %s', (_name, tracking, status) => {
    expect(judge(check, tracked(tracking)).verdict.status).toBe(status);
  });

  it('is a violation when no daemon runs, and unknown when that is not known', () => {
    const stopped = facts({ chronyActive: false });
    expect(judge(check, stopped).verdict.status).toBe('violation');
    const [chrony] = stopped.daemons;
    const unsure: Facts = { ...stopped, daemons: [{ ...chrony!, active: { value: null, reason: 'denied' } }] };
    expect(judge(check, unsure).verdict.status).toBe('unknown');
  });

  it('asks timesyncd where that is what runs', () => {
    const made = facts({ chronyActive: false, others: ['timesyncd'] });
    expect(judge(check, made).verdict.status).toBe('unknown');
    const timesyncd = { serverName: 'a\x1b[2J', serverAddress: null, stratum: 2, offsetSeconds: 0, synchronised: true };
    const { verdict, evidence } = judge(check, { ...made, timesyncd: { value: timesyncd } });
    expect(verdict.status).toBe('in-sync');
    expect(evidence[0]?.text).toContain('a\\x1b[2J');
  });

  it.each([
    ['leap_none', 3, 'in-sync'],
    ['00', 3, 'in-sync'],
    ['11', 16, 'violation'],
    ['leap_alarm', 16, 'violation'],
  ])('reads ntpd that says leap %s, stratum %d', (leap, stratum, status) => {
    const made = facts({ chronyActive: false, others: ['ntpd'] });
    const unread = {
      referenceId: null,
      rootDelaySeconds: null,
      rootDispersionSeconds: null,
      frequencyPpm: null,
      jitterSeconds: null,
    };
    const ntpd = { leap, stratum, offsetSeconds: 0, peers: [], ...unread };
    expect(judge(check, { ...made, ntpd: { value: ntpd } }).verdict.status).toBe(status);
  });
});

describe('the selected source', () => {
  const status = (selected: MadeHost['selected'], anyOf: { refclock: boolean; server: boolean }) =>
    judge(
      { kind: 'selected-source', anyOf, names: null, because: 'phc/selected' },
      facts(selected === undefined ? {} : { selected }),
    ).verdict.status;
  it.each([
    ['refclock', { refclock: true, server: false }, 'in-sync'],
    ['server', { refclock: true, server: false }, 'violation'],
    ['server', { refclock: true, server: true }, 'in-sync'],
    ['refclock', { refclock: false, server: true }, 'violation'],
    ['none', { refclock: true, server: true }, 'violation'],
  ] as const)('%s, where %j is wanted, is %s', (selected, anyOf, expected) => {
    expect(status(selected, anyOf)).toBe(expected);
  });
});

describe("the daemon's own offset", () => {
  it('says nothing while chronyd is unsynchronised, though it shows 0', () => {
    const check = { kind: 'daemon-offset', limitSeconds: 0.05, because: 'clock/daemon-offset' } as const;
    expect(judge(check, facts()).verdict.status).toBe('in-sync');
    expect(judge(check, facts({ selected: 'none' })).verdict.status).toBe('unknown');
  });
});
