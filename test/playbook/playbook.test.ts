import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { parsePlaybook } from '#playbook/playbook.js';

function mistake(text: string): { readonly code: string; readonly detail: string; readonly at: string } {
  try {
    parsePlaybook(text, 'p.yaml');
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    expect(error.exitCode).toBe(65);
    return {
      code: error.problem.code,
      detail: error.problem.detail,
      at: `${error.place?.line}:${error.place?.column}`,
    };
  }
  throw new Error(`no mistake was found in ${text}`);
}

describe('parsePlaybook', () => {
  it('reads a list of plays with names, hosts and settings', () => {
    const playbook = parsePlaybook(
      '- name: one\n  hosts: all:!db\n  strategy: ntp-only\n  ntp_servers: [a]\n- hosts: db\n',
      'p.yaml',
    );
    expect(playbook.plays.map(({ number, name }) => [number, name])).toEqual([
      [1, 'one'],
      [2, null],
    ]);
    expect(playbook.plays[0]?.settings.values).toEqual({ strategy: 'ntp-only', ntp_servers: ['a'] });
    expect(playbook.plays[0]?.settings.origin).toBe('playbook p.yaml, play 1');
  });

  it('reads the same plays below a version', () => {
    const plays = '[{hosts: all, strategy: auto}]';
    expect(parsePlaybook(`version: 1\nplays: ${plays}`, 'p').plays[0]?.settings.values).toEqual(
      parsePlaybook(plays, 'p').plays[0]?.settings.values,
    );
  });

  it.each([
    [
      '- hosts: all\n  strategy: ntp-onl',
      'playbook/invalid-value',
      "'strategy' must be one of auto, host-only",
      '2:13',
    ],
    ['- hosts: all\n  strategy: ntp-onl', 'playbook/invalid-value', "Did you mean 'ntp-only'?", '2:13'],
    [
      '- hosts: all\n  stratgy: auto',
      'playbook/unknown-key',
      "'stratgy' is not a setting. Did you mean 'strategy'?",
      '2:3',
    ],
    ['- hosts: all\n  limits: {ofset: 3}', 'playbook/unknown-key', "Did you mean 'offset'?", '2:12'],
    ['- hosts: all\n  limits: {offset: abc}', 'playbook/invalid-value', "'limits.offset' must be a duration", '2:20'],
    ['- hosts: all\n  limits: {offset: 0}', 'playbook/invalid-value', "'limits.offset' must be more than 0.", '2:20'],
    ['- hosts: all\n  ntp_servers: [{adress: a}]', 'playbook/unknown-key', "Did you mean 'address'?", '2:18'],
    [
      '- hosts: all\n  ntp_servers: [{nts: yes}]',
      'playbook/invalid-value',
      "'ntp_servers.0.address' is missing.",
      '2:17',
    ],
    [
      '- hosts: all\n  ntp_servers: ["a\\nserver b"]',
      'playbook/invalid-value',
      'must be a host name or address',
      '2:17',
    ],
    [
      '- hosts: all\n  ntp_servers: [{address: a, maxpoll: 99}]',
      'playbook/invalid-value',
      'must be from -7 to 24',
      '2:39',
    ],
    ['- hosts: all\n  makestep: true', 'playbook/invalid-value', "'makestep' must be false, or a mapping", '2:13'],
    [
      '- hosts: all\n  rollout: {serial: [1, 110%]}',
      'playbook/invalid-value',
      "'rollout.serial.1' must be a number of hosts",
      '2:25',
    ],
    [
      '- hosts: all\n  rollout: {serial: 0}',
      'playbook/invalid-value',
      "'rollout.serial' must be a number of hosts",
      '2:21',
    ],
    [
      '- hosts: all\n  window: {from: "22:00", to: "25:00"}',
      'playbook/invalid-value',
      "'window.to' must be a time of day",
      '2:31',
    ],
    ['- hosts: all\n  max_step: -1', 'playbook/invalid-value', "'max_step' must be a duration", '2:13'],
    [
      '- hosts: all\n  waivers: [{rule: clock/offset, reason: c, expires: 2027-13-01}]',
      'playbook/invalid-value',
      'must be a date',
      '2:54',
    ],
    [
      '- hosts: all\n  waivers: [{rule: clock/offset}]',
      'playbook/invalid-value',
      "'waivers.0.reason' is missing.",
      '2:13',
    ],
    [
      '- hosts: all\n  waivers: [{rule: clock/ofset, reason: a}]',
      'playbook/invalid-value',
      "'waivers.0.rule' must be the id of a rule, as tsync rules prints it: 'clock/offset' perhaps.",
      '2:20',
    ],
    [
      '- hosts: all\n  waivers: [{rule: clock/offset, reason: ""}]',
      'playbook/invalid-value',
      "'waivers.0.reason' must not be empty.",
      '2:42',
    ],
    ['- hosts: all\n  ntp_servers: [a, b, A]', 'playbook/invalid-value', 'must not name a twice: entry 1 does', '2:23'],
    [
      '- hosts: all\n  ntp_servers: [10]',
      'playbook/invalid-value',
      'must be a host name or address, or a mapping',
      '2:17',
    ],
    [
      '- hosts: all\n  ntp_servers: [192.0.2.256]',
      'playbook/invalid-value',
      'an address of four numbers up to 255',
      '2:17',
    ],
    [
      '- hosts: all\n  ntp_servers: [192.0.2]',
      'playbook/invalid-value',
      'an address of four numbers up to 255',
      '2:17',
    ],
    [
      '- hosts: all\n  ntp_servers: [{address: a, minpoll: 10, maxpoll: 4}]',
      'playbook/invalid-value',
      "'ntp_servers.0.minpoll' must not be more than maxpoll.",
      '2:39',
    ],
    [
      '- hosts: all\n  ntp_servers: [{address: a, nts: yes, key: 4}]',
      'playbook/invalid-value',
      "'ntp_servers.0.key' must not stand beside nts",
      '2:45',
    ],
    ['- hosts: all\n  makestep: {threshold: 1s, limit: -2}', 'playbook/invalid-value', 'must be at least -1.', '2:36'],
    ['- hosts: all\n  max_step: no', 'playbook/invalid-value', "'max_step' must be a duration", '2:13'],
    ['- hosts: all\n  window: []', 'playbook/invalid-value', "'window' must not be empty.", '2:11'],
    ['- hosts: all\n  rollout: {confirm_timeout: 2d}', 'playbook/invalid-value', 'must be at most 24h.', '2:30'],
    ['- hosts: ""', 'playbook/invalid-value', "'hosts' must not be empty.", '1:10'],
    ['- strategy: auto', 'playbook/invalid-value', "'hosts' is missing.", '1:3'],
    ['- hosts: [a]', 'playbook/invalid-value', "'hosts' must be a pattern in one text, such as web,db.", '1:10'],
    ['- hosts: "~(a+)+"', 'inventory/pattern', 'repeats a repetition', '1:10'],
    ['version: 2\nplays: [{hosts: all}]', 'playbook/invalid-value', "'version' must be 1.", '1:10'],
    ['[]', 'playbook/shape', 'The playbook must have at least one play.', '1:1'],
    ['hosts: all', 'playbook/shape', 'and this is a mapping: write `- hosts: all`', '1:1'],
    ["version: '1'\nplays: [{hosts: all}]", 'playbook/invalid-value', "'version' must be 1.", '1:10'],
    ['- 3', 'playbook/shape', 'Play 1 must be a mapping.', '1:3'],
    ['all', 'playbook/shape', 'The top level must be a list of plays.', '1:1'],
    ['', 'playbook/shape', 'no content', '1:1'],
    ['- hosts: all\n  prefer: ntp\n  prefer: ptp', 'yaml/duplicate-key', "'prefer' is given twice", '3:3'],
  ])('points at the mistake in %j', (text, code, detail, at) => {
    expect(mistake(text)).toEqual({ code, detail: expect.stringContaining(detail), at });
  });
});
