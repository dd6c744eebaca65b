import { describe, expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import type { Settings } from '#settings/settings.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { server, withSettings } from './made-hosts.js';

const hosts = new Map(fixtureHosts().map(({ row, snapshot }) => [row, factsOf(snapshot)]));

function planOf(row: string, settings: Partial<Settings>) {
  const facts = hosts.get(row);
  if (facts === undefined) throw new Error(`no fixture ${row}`);
  const input = { host: row, facts, settings: withSettings(settings), snapshotDigest: 'd', today: '2026-11-22' };
  return assess(input);
}

/** What the preflight asks is a field of the plan: no wording of evidence can switch it off. */
describe('the new servers of a plan', () => {
  it.each([
    ['ubuntu-24.04-aws', '169.254.169.123'],
    ['ubuntu-22.04-alibaba', 'ntp.cloud.aliyuncs.com'],
  ])('name the server of the cloud on %s', (row, address) => {
    expect(planOf(row, { strategy: 'ntp-only' }).newServers).toEqual([address]);
  });

  it('name those of the playbook, but for those with NTS or a key, which a plain question does not prove', () => {
    const ntpServers = [server('10.77.0.1'), { ...server('10.77.0.2'), nts: true }, { ...server('10.77.0.3'), key: 7 }];
    expect(planOf('ubuntu-24.04-aws', { strategy: 'ntp-only', ntpServers }).newServers).toEqual(['10.77.0.1']);
  });

  it('are none where a waiver keeps the change from being made', () => {
    const waivers = [{ rule: 'sources/cloud-endpoint', reason: 'not wanted here', expires: null }];
    expect(planOf('ubuntu-24.04-aws', { strategy: 'ntp-only', waivers }).newServers).toEqual([]);
  });
});
