import { describe, expect, it } from 'vitest';
import type { Facts, FileFacts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { mayChange } from '#plan/may-change.js';
import type { HostPlan } from '#plan/plan.js';
import type { Change } from '#resources/resource.js';
import { makeFacts, present } from '../policy/make-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';

const TODAY = '2026-11-22';
const made = MADE_HOSTS['debian12-plain']!;
const toOther = { strategy: 'ntp-only', ntpServers: [server('10.77.0.1')] } as const;
const facts = makeFacts(made);
const settings = withSettings(toOther);
const plan = assess({ host: 'web1', facts, settings, snapshotDigest: '', today: TODAY });
const edited = plan.changes.flatMap(({ kind, name }) => (kind === 'file' ? [name] : []))[0]!;

function refusalOf(now: Partial<Facts>, of: Partial<HostPlan> = {}, mine = settings): string | null {
  const refusal = mayChange({ ...plan, ...of }, { ...facts, ...now }, mine, TODAY);
  return refusal === null ? null : `${refusal.outcome} ${refusal.problem.code}`;
}
const withFile = (path: string, file: FileFacts): Partial<Facts> => ({
  files: new Map([...facts.files, [path, file]]),
});

describe('a plan may be applied', () => {
  it('to the host that it was made of', () => {
    expect(plan.changes).not.toEqual([]);
    expect(plan.actions.map(({ kind }) => kind)).toContain('restart');
    expect(refusalOf({})).toBeNull();
  });

  it('not where a change is open', () => {
    const open = { id: 't1', state: 'applied', who: 'anna@bastion', run: 'r1', startedAt: '2026-11-22T10:00:00Z' };
    const guard = { state: 'armed', leftSeconds: 9 } as const;
    expect(refusalOf({ openTransactions: { value: [{ ...open, guard }] } })).toBe('failed policy/open-transaction');
  });

  it('not where what it changes was changed since', () => {
    expect(refusalOf(withFile(edited, present('# by hand\n')))).toBe('stale plan/stale');
  });

  it('not to an image tree, where it needs a running system', () => {
    expect(refusalOf({ place: 'image' })).toBe('stale plan/stale');
    expect(refusalOf({ place: 'image' }, { actions: [] })).toBeNull();
  });

  it('not where the playbook protects a name by now', () => {
    const protect = withSettings({ ...toOther, protectedNames: [edited] });
    expect(refusalOf({}, {}, protect)).toBe('failed policy/protected');
  });

  it('not where a file would be written that is none of its places', () => {
    const odd = { ...plan.changes.find(({ name }) => name === edited), name: '/home/eve/x' } as Change;
    const absent = withFile('/home/eve/x', { state: 'absent' });
    expect(refusalOf(absent, { changes: [{ ...odd, before: null } as Change] })).toBe('failed policy/place-refused');
  });

  it('not where it would start a daemon that reads files of others than root', () => {
    const daemons = facts.daemons.map((one) =>
      one.name === 'chrony' ? { ...one, untrusted: ['/srv/ntp.conf'] } : one,
    );
    expect(refusalOf({ daemons })).toBe('failed policy/untrusted-config');
    expect(refusalOf({ daemons }, { actions: [], changes: [] })).toBeNull();
  });

  it('not where chronyd would not start again', () => {
    const { chrony } = makeFacts({ ...made, rejected: { fault: 'Invalid directive', at: null } });
    expect(refusalOf({ chrony })).toBe('failed policy/config-rejected');
  });
});
