import { describe, expect, it } from 'vitest';
import { assess } from '#plan/assess.js';
import { refuseRestart, rejectedConfigOf } from '#plan/rejected-config.js';
import { makeFacts } from '../policy/make-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';

const MAIN = '/etc/chrony/chrony.conf';
const rejected = { fault: `Invalid directive at line 2 in file ${MAIN}`, at: { path: MAIN, line: 2 } };

function planFor(settings: Parameters<typeof withSettings>[0], change: object) {
  const host = MADE_HOSTS['debian12-plain'];
  if (host === undefined) throw new Error('no made host');
  const files = { [MAIN]: 'server 192.0.2.1 iburst\nno_such_directive\n' };
  const facts = makeFacts({ ...host, files, ...change });
  return assess({ host: 'web1', facts, settings: withSettings(settings), snapshotDigest: '', today: '2026-11-22' });
}
const toOther = { strategy: 'ntp-only', ntpServers: [server('10.77.0.1')] } as const;

describe('a host whose chronyd does not take its configuration', () => {
  it('is refused with the line, where something should be changed', () => {
    const plan = planFor(toOther, { rejected });
    expect(plan.changes).toEqual([]);
    expect(rejectedConfigOf(plan)).toMatchObject({
      code: 'policy/config-rejected',
      detail: `chronyd says: Invalid directive at line 2 in file ${MAIN}. ${MAIN}:2: no_such_directive`,
    });
  });

  it('is refused for it where another tool writes that file too', () => {
    const files = { [MAIN]: '# Ansible managed\nserver 192.0.2.1 iburst\nno_such_directive\n' };
    const plan = planFor(toOther, { rejected, files });
    expect(plan.refused?.code).toBe('policy/owned-elsewhere');
    expect(rejectedConfigOf(plan)?.code).toBe('policy/config-rejected');
  });

  it('is not refused where nothing should be changed: then it is a finding alone', () => {
    const plan = planFor({ strategy: 'ntp-only' }, { rejected });
    expect(rejectedConfigOf(plan)).toBeNull();
    expect(plan.findings.find(({ rule }) => rule === 'chrony/config-accepted')?.status).toBe('violation');
  });

  it('is not refused where the configuration is taken, or the rule is waived', () => {
    expect(rejectedConfigOf(planFor(toOther, {}))).toBeNull();
    const waivers = [{ rule: 'chrony/config-accepted', reason: 'made at start', expires: null }] as const;
    const plan = planFor({ ...toOther, waivers }, { rejected });
    expect(rejectedConfigOf(plan)).toBeNull();
    expect(plan.changes).not.toEqual([]);
  });
});

describe('a plan that was made before chronyd would not start any more', () => {
  const today = '2026-11-22';
  const facts = (change: object) => makeFacts({ ...MADE_HOSTS['debian12-plain']!, ...change });
  const inConf = { fault: 'Invalid directive', at: { path: '/etc/chrony/conf.d/x.conf', line: 1 } };
  const files = { ...MADE_HOSTS['debian12-plain']!.files, '/etc/chrony/conf.d/x.conf': 'bogus\n' };
  const plan = planFor(toOther, {});
  const refused = (change: object, settings: Parameters<typeof withSettings>[0] = {}, of = plan) =>
    refuseRestart(of, facts(change), withSettings(settings), today)?.code ?? null;

  it('is refused where it restarts chronyd, and with it the way back', () => {
    expect(plan.actions.map(({ kind }) => kind)).toContain('restart');
    expect(refused({ files, rejected: inConf })).toBe('policy/config-rejected');
    expect(refused({})).toBeNull();
  });

  it('is not refused where it starts nothing, takes the line out, or the rule is waived', () => {
    expect(refused({ files, rejected: inConf }, {}, { ...plan, actions: [] })).toBeNull();
    const [first] = plan.changes;
    if (first?.kind !== 'file') throw new Error('no file is changed');
    const removal = { ...first, name: '/etc/chrony/conf.d/x.conf', after: null };
    expect(refused({ files, rejected: inConf }, {}, { ...plan, changes: [removal] })).toBeNull();
    const waivers = [{ rule: 'chrony/config-accepted', reason: 'made at start', expires: null }] as const;
    expect(refused({ files, rejected: inConf }, { waivers })).toBeNull();
  });
});
