import { type Problem, type ProblemCode, problem } from '#errors/problem.js';
import type { Finding, HostPlan, Severity } from '#plan/plan.js';
import type { Action, Change } from '#resources/resource.js';
import type { EventBody } from '#run/event.js';
import type { Outcome } from '#run/outcome.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';

/** Made up for the tests of the screen: one host of a fleet and how it will end. */
export interface MadeHost {
  readonly name: string;
  readonly os: string;
  readonly platform: string;
  readonly daemon: string;
  readonly source: string;
  readonly offsetSeconds: number;
  readonly severities: readonly Severity[];
  readonly changes: 'ptp' | 'servers' | 'timesyncd' | 'none';
  readonly end: Outcome;
}

const HOSTS: readonly (readonly [
  string,
  string,
  string,
  string,
  string,
  number,
  readonly Severity[],
  MadeHost['changes'],
  Outcome,
])[] = [
  ['az-web-01', 'Ubuntu 22.04', 'azure', 'chrony 4.2', 'ntp.ubuntu.com', 0.0012, ['high', 'medium'], 'ptp', 'changed'],
  ['az-web-02', 'Ubuntu 22.04', 'azure', 'chrony 4.2', 'ntp.ubuntu.com', -0.0034, ['high', 'medium'], 'ptp', 'changed'],
  ['az-web-03', 'Ubuntu 22.04', 'azure', 'chrony 4.2', 'ntp.ubuntu.com', 0.0008, ['high', 'medium'], 'ptp', 'changed'],
  ['az-db-01', 'RHEL 9.4', 'azure', 'chrony 4.5', 'PHC0', 0.000041, [], 'none', 'in-sync'],
  ['az-db-02', 'RHEL 8.10', 'azure', 'chrony 4.5', 'PHC0', -0.000112, ['low'], 'none', 'drifted'],
  [
    'az-old-01',
    'Debian 10',
    'azure',
    'timesyncd 241',
    'none',
    5.214,
    ['critical', 'high', 'medium'],
    'timesyncd',
    'changed',
  ],
  ['hv-app-01', 'Alma 9.4', 'hyperv', 'chrony 4.5', '10.77.0.1', 0.0021, ['medium'], 'servers', 'changed'],
  ['hv-app-02', 'Alma 9.4', 'hyperv', 'chrony 4.5', '10.77.0.9', 0.412, ['high', 'medium'], 'servers', 'reverted'],
  ['hv-two-01', 'CentOS 7.9', 'hyperv', 'chrony 3.4 + ntpd', 'none', -1.72, ['critical', 'high'], 'servers', 'changed'],
  ['kvm-01', 'Debian 12', 'kvm', 'chrony 4.3', '10.77.0.1', 0.00004, [], 'none', 'in-sync'],
  ['kvm-02', 'Debian 13', 'kvm', 'ntpsec 1.2', '10.77.0.1', 0.00031, ['low', 'info'], 'none', 'drifted'],
  ['el6-legacy', 'CentOS 6.10', 'hyperv', 'ntpd 4.2.6', '10.77.0.1', 0.0004, ['medium'], 'none', 'drifted'],
];

export const FLEET: readonly MadeHost[] = HOSTS.map(
  ([name, os, platform, daemon, source, offsetSeconds, severities, changes, end]) => ({
    name,
    os,
    platform,
    daemon,
    source,
    offsetSeconds,
    severities,
    changes,
    end,
  }),
);

/** Two hosts that are never read. */
export const UNREAD: readonly (readonly [string, Outcome, string, ProblemCode])[] = [
  ['az-lost-01', 'unreachable', 'No answer from 10.4.0.99 port 22 within 10 s.', 'transport/connection-lost'],
  [
    'kvm-key-01',
    'failed',
    'The host key of kvm-key-01 is not the one in known_hosts line 12.',
    'transport/host-key-changed',
  ],
];

/** As many hosts as asked for, by turns like those of the small fleet. */
export function manyHosts(count: number): readonly MadeHost[] {
  return Array.from({ length: count }, (_, i) => ({
    ...FLEET[i % FLEET.length]!,
    name: `vm-${String(i + 1).padStart(5, '0')}`,
    offsetSeconds: (i % 97) / 1e5,
  }));
}

export function madePlan(host: MadeHost): HostPlan {
  const changes = changesOf(host);
  return {
    host: host.name,
    strategy: {
      asked: 'auto',
      taken: host.platform === 'azure' ? 'host+ptp' : 'monitor',
      reason: 'the platform offers its clock',
    },
    snapshotDigest: `sha256:snapshot-${host.name}`,
    findings: [
      ...host.severities.map((severity, i) => madeFinding(severity, i, changes)),
      fine('one-daemon'),
      fine('leap-normal'),
    ],
    changes,
    actions: actionsOf(host),
    packages: null,
    refused: null,
    newServers: [],
    planDigest: `sha256:plan-${host.name}`,
    foldKey: `fold-${host.changes}`,
  };
}

function madeFinding(severity: Severity, index: number, changes: readonly Change[]): Finding {
  const base = {
    rule: RULES[severity],
    severity,
    sentence: SENTENCES[severity],
    evidence: [{ where: '/etc/chrony/chrony.conf:4', text: 'pool ntp.ubuntu.com iburst maxsources 4' }],
    source: 'https://learn.microsoft.com/azure/virtual-machines/linux/time-sync',
    waived: null,
  };
  const change = changes[index];
  if (change !== undefined) return { ...base, status: 'drift', change };
  return {
    ...base,
    status: 'violation',
    measured: { value: 0.412, unit: 's', bound: 0.001 },
    limit: { value: 0.1, unit: 's', bound: null },
  };
}

function fine(rule: string): Finding {
  return {
    rule,
    severity: 'info',
    sentence: 'As wanted.',
    evidence: [],
    source: 'chrony.conf(5)',
    waived: null,
    status: 'in-sync',
  };
}

const RULES = {
  critical: 'clock-offset',
  high: 'host-clock-unused',
  medium: 'makestep-first-updates',
  low: 'poll-slow',
  info: 'note',
};
const SENTENCES = {
  critical: 'The clock is further off than the limit.',
  high: 'The host offers its clock as a PTP device named hyperv, and nothing uses it.',
  medium: 'makestep works only for the first updates, but a VM that was paused needs a step later.',
  low: 'The source is asked too rarely.',
  info: 'Worth knowing.',
};

const BEFORE =
  '# Debian default\npool ntp.ubuntu.com iburst maxsources 4\ndriftfile /var/lib/chrony/chrony.drift\nmakestep 1 3\nrtcsync\n';
const AFTER =
  '# Debian default\npool ntp.ubuntu.com iburst maxsources 4\ndriftfile /var/lib/chrony/chrony.drift\nmakestep 1 -1\nrtcsync\nrefclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2\n';

function changesOf({ changes }: MadeHost): readonly Change[] {
  const file = (name: string, before: string | null, after: string, because: string): Change => ({
    id: `file:${name}`,
    kind: 'file',
    name,
    before: before === null ? null : state(before),
    after: state(after),
    because,
  });
  switch (changes) {
    case 'none':
      return [];
    case 'ptp':
      return [
        file('/etc/chrony/chrony.conf', BEFORE, AFTER, 'host-clock-unused'),
        file(
          '/etc/udev/rules.d/99-ptp_hyperv.rules',
          null,
          'SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK += "ptp_hyperv"\n',
          'host-clock-unused',
        ),
      ];
    case 'servers':
      return [file('/etc/chrony/sources.d/tsync.sources', null, 'server 10.77.0.1 iburst\n', 'makestep-first-updates')];
    case 'timesyncd':
      return [
        file('/etc/systemd/timesyncd.conf.d/tsync.conf', null, '[Time]\nNTP=10.77.0.1\n', 'clock-offset'),
        {
          id: 'service:systemd-timesyncd.service',
          kind: 'service',
          name: 'systemd-timesyncd.service',
          before: { active: false, links: [], masked: false },
          after: {
            active: true,
            links: ['/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service'],
            masked: false,
          },
          because: 'clock-offset',
        },
      ];
  }
}

function state(text: string) {
  return {
    bytes: new TextEncoder().encode(text),
    mode: '0644',
    owner: 'root',
    group: 'root',
    truncated: false as const,
  };
}

function actionsOf({ changes }: MadeHost): readonly Action[] {
  if (changes === 'none') return [];
  if (changes === 'servers')
    return [{ kind: 'reload-sources', name: 'chrony.service', after: [], withoutSyncSeconds: 0, mayStep: false }];
  const unit = changes === 'ptp' ? 'chrony.service' : 'systemd-timesyncd.service';
  const trigger: Action = { kind: 'udev-trigger', name: 'ptp', after: [], withoutSyncSeconds: 0, mayStep: false };
  return [
    ...(changes === 'ptp' ? [trigger] : []),
    { kind: 'restart', name: unit, after: [], withoutSyncSeconds: 25, mayStep: changes === 'timesyncd' },
  ];
}

export const RUN = '01JD8XK2M4TSYNC0000000REVW';

export function runStarted(hosts: readonly MadeHost[]): EventBody {
  return {
    type: 'run-started',
    kind: 'run',
    run: RUN,
    hosts: [...hosts.map(({ name }) => name), ...UNREAD.map(([name]) => name)],
    who: 'ops@bastion',
    version: '0.1.0',
    inventory: 'inventory.yaml',
    operatorClock: { synchronised: true, detail: 'chronyd, stratum 3, ±0.4 ms' },
    of: null,
  };
}

export function assessed(host: MadeHost): EventBody {
  return {
    type: 'host-assessed',
    host: host.name,
    plan: madePlan(host),
    clock: { offsetSeconds: host.offsetSeconds, boundSeconds: 0.00042, exchanges: 4, resolutionSeconds: 1e-9 },
    summary: { os: host.os, platform: host.platform, daemon: host.daemon, source: host.source },
    notes: host.offsetSeconds > 1 ? ['The first update will step the clock by about 5 s.'] : [],
  };
}

/** What follows the assessment of a host with nothing to change, or the failure to read one. */
export function finished(
  host: string,
  outcome: Outcome,
  trouble: Problem | null = null,
  source: string | null = null,
): EventBody {
  return { type: 'host-finished', host, outcome, problem: trouble, clock: null, source };
}

export function trouble(detail: string, code: ProblemCode): Problem {
  return problem(code, detail);
}

/** The state after these events; one comes a tenth of a second after the other unless `atMs` says when they came. */
export function fold(bodies: readonly EventBody[], before: RunState | null = null, atMs?: number): RunState {
  const at = (index: number): string => new Date(atMs ?? START + index * 100).toISOString();
  const step = (state: RunState | null, body: EventBody, i: number): RunState =>
    reduce(state, { ...body, at: at(i), sequence: i + 1 });
  return bodies.reduce<RunState | null>(step, before)!;
}

export const START = Date.UTC(2026, 10, 1, 12, 0, 0);

/** The run as it stands when every host was read and the person is to decide. */
export function reviewState(hosts: readonly MadeHost[] = FLEET): RunState {
  return fold([
    runStarted(hosts),
    ...hosts.flatMap((host) => [assessed(host), ...(host.changes === 'none' ? [finished(host.name, host.end)] : [])]),
    ...UNREAD.map(([name, outcome, detail, code]) => finished(name, outcome, trouble(detail, code))),
  ]);
}
