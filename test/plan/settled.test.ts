import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { mustRevert, waitingFor } from '#plan/settled.js';
import type { Settings } from '#settings/settings.js';
import { type MadeHost, makeFacts } from '../policy/make-facts.js';
import { applyToFacts } from './apply-to-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';

function plan(facts: Facts, settings: Partial<Settings>) {
  const input = { host: 'web1', facts, settings: withSettings(settings), snapshotDigest: 'd', today: '2026-11-22' };
  return assess(input);
}

/** The host after its plan was applied, with what its daemon and our measurement then say. */
function verified(host: string, settings: Partial<Settings>, then: Partial<MadeHost>) {
  const before = makeFacts(MADE_HOSTS[host]!);
  const applied = applyToFacts(before, plan(before, settings).changes);
  const now = makeFacts({ ...MADE_HOSTS[host]!, ...then });
  return plan(
    { ...applied, chrony: { ...now.chrony, configFiles: applied.chrony.configFiles }, clock: now.clock },
    settings,
  );
}

const PTP = { strategy: 'ptp+ntp', ntpServers: [server('10.77.0.1')] } as const;

describe('a verification', () => {
  it('is done when the changes are made, the source is selected and the clock is right by our own measurement', () => {
    const done = verified('debian12-azure', PTP, { selected: 'refclock' });
    expect(waitingFor(done)).toEqual([]);
    expect(mustRevert(done)).toBeNull();
  });

  it('names what it waits for without full stops, because a sentence is made of it', () => {
    const waiting = waitingFor(verified('debian12-azure', PTP, { selected: 'none' }));
    expect(waiting.length).toBeGreaterThan(0);
    for (const text of waiting) expect(text).not.toMatch(/\.$/);
  });

  it('waits for changes that are not there', () => {
    expect(waitingFor(plan(makeFacts(MADE_HOSTS['debian12-azure']!), PTP))).toContain(
      'file /etc/tsync/refclock.sh is not as planned',
    );
  });

  it('waits for the daemon to be synchronised, and does not give up', () => {
    const waiting = verified('debian12-azure', PTP, { selected: 'none' });
    expect(waitingFor(waiting)).toContain('clock/synchronised: not synchronised, wanted synchronised');
    expect(mustRevert(waiting)).toBeNull();
  });

  it('waits for the right source', () => {
    const waiting = verified('debian12-azure', PTP, { selected: 'server' });
    expect(waitingFor(waiting)[0]).toMatch(/^phc\/selected: server 10\.77\.0\.1/);
    expect(mustRevert(waiting)).toBeNull();
  });

  it('of a clock that is only watched needs its samples, and nothing that was missing before', () => {
    const before = plan(makeFacts({ ...MADE_HOSTS['debian12-azure']!, selected: 'none' }), { strategy: 'monitor' });
    const unwatched = verified('debian12-azure', { strategy: 'monitor' }, { selected: 'none' });
    expect(waitingFor(unwatched, before)).toEqual(['phc/watched: no refclock, wanted samples of a PTP clock']);
    const { chrony } = makeFacts({ ...MADE_HOSTS['debian12-azure']!, selected: 'refclock' });
    expect(chrony.sources.value?.some(({ mode, reach }) => mode === 'refclock' && reach > 0)).toBe(true);
    expect(waitingFor(unwatched)).toContain('clock/synchronised: not synchronised, wanted synchronised');
  });

  it('refuses a clock that the daemon follows faithfully and that is wrong by 5 s', () => {
    const wrong = verified('debian12-azure', PTP, {
      selected: 'refclock',
      clock: { offsetSeconds: 5, boundSeconds: 0.003 },
    });
    expect(waitingFor(wrong)).toEqual(['clock/offset: +5.0000 s ±3.0 ms, wanted 1 s']);
    expect(mustRevert(wrong)).toContain('wrong by +5.0000 s ±3.0 ms, more than 1 s');
  });

  it('lets a measurement pass that is only too coarse to tell', () => {
    const coarse = { offsetSeconds: 0.05, boundSeconds: 0.3 };
    expect(waitingFor(verified('debian12-azure', PTP, { selected: 'refclock', clock: coarse }))).toEqual([]);
  });

  it('does not let a missing measurement pass', () => {
    const before = makeFacts(MADE_HOSTS['debian12-plain']!);
    const blind: Facts = { ...before, clock: { value: null, reason: 'no exchange' } };
    expect(waitingFor(plan(blind, { strategy: 'auto' }))[0]).toMatch(/^clock\/offset: No exchange/);
  });

  it('does not wait for what is waived', () => {
    const waivers = [{ rule: 'clock/offset', reason: 'the operator clock is wrong', expires: null }];
    const wrong = verified(
      'debian12-azure',
      { ...PTP, waivers },
      { selected: 'refclock', clock: { offsetSeconds: 5, boundSeconds: 0.003 } },
    );
    expect(waitingFor(wrong)).toEqual([]);
    expect(mustRevert(wrong)).toBeNull();
  });
});
