import type { Problem } from '#errors/problem.js';
import type { HostPlan } from '#plan/plan.js';
import type { Action, Change } from '#resources/resource.js';
import type { EventBody, HostSummary, RunKind } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import {
  assessed,
  clock,
  drift,
  fileChange,
  finished,
  inSync,
  plan,
  runStarted,
  SUMMARY,
  stateOf,
  unknown,
  violation,
} from '../run/made-run.js';

/** A made-up fleet with one host or group for everything a report has to say; the problems are worded as the real ones. */
export const CHRONY_CONF = fileChange(
  '/etc/chrony/chrony.conf',
  '# Debian\npool 2.debian.pool.ntp.org iburst\nmakestep 1 3\nrtcsync\n',
  '# Debian\npool 2.debian.pool.ntp.org iburst\nmakestep 1.0 -1\nrtcsync\n',
  'makestep-unfit',
);
export const REFCLOCK = fileChange(
  '/etc/chrony/conf.d/tsync-refclock.conf',
  null,
  'refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2\n',
);
export const TIMESYNCD: Change = {
  id: 'service:systemd-timesyncd.service',
  kind: 'service',
  name: 'systemd-timesyncd.service',
  before: { active: true, links: ['sysinit.target.wants/systemd-timesyncd.service'], masked: false },
  after: { active: false, links: [], masked: true },
  because: 'two-daemons',
};

const RESTART: Action = {
  kind: 'restart',
  name: 'chrony.service',
  after: [CHRONY_CONF.id, REFCLOCK.id],
  withoutSyncSeconds: 25,
  mayStep: true,
};

export function driftedPlan(host: string): HostPlan {
  return plan(host, {
    findings: [
      inSync({ rule: 'daemon-running' }),
      drift(REFCLOCK),
      drift(CHRONY_CONF, {
        rule: 'makestep-unfit',
        severity: 'low',
        sentence: 'makestep corrects only the first three updates, and a VM that was paused needs it later.',
        evidence: [{ where: '/etc/chrony/chrony.conf:3', text: 'makestep 1 3' }],
      }),
    ],
    changes: [REFCLOCK, CHRONY_CONF],
    actions: [RESTART],
    foldKey: 'refclock',
  });
}

export function twoDaemonsPlan(host: string): HostPlan {
  const evidence = [
    { where: 'systemctl show chrony.service', text: 'ActiveState=active' },
    { where: 'systemctl show systemd-timesyncd.service', text: 'ActiveState=active' },
  ];
  const two = drift(TIMESYNCD, {
    rule: 'two-daemons',
    severity: 'critical',
    sentence: 'chronyd and systemd-timesyncd both set the clock.',
    evidence,
  });
  return plan(host, {
    strategy: { asked: 'auto', taken: 'ntp-only', reason: 'no clock of a hypervisor on this host' },
    findings: [violation(5.0031, 0.1), two],
    changes: [TIMESYNCD],
    actions: [],
    foldKey: 'two-daemons',
  });
}

export const NTP: HostSummary = { os: 'Ubuntu 22.04', platform: 'kvm', daemon: 'chrony 4.2', source: '10.77.0.1' };

export const PROBLEMS = {
  sudo: made(
    'privilege/password-refused',
    'sudo refused the password',
    'sudo did not accept the password of ops.',
    'Give the right one with -K.',
  ),
  refused: made(
    'transport/refused',
    'the connection was refused',
    '10.77.0.9 port 22 refused the connection.',
    'Is sshd running there?',
  ),
  hostKey: made(
    'transport/host-key-changed',
    'the host key is not the one that is known',
    'The host showed SHA256:Wq1 and known_hosts line 12 has another key.',
    'Find out why before you accept it.',
  ),
  stale: made(
    'plan/stale',
    'the host changed since the plan was made',
    '/etc/chrony/chrony.conf is another file now.',
    'Plan it again.',
  ),
  guard: made(
    'guard/unknown',
    'the guard did not answer',
    'The connection ended before the verdict.',
    'Look at /var/lib/tsync/tx there.',
  ),
} as const;

/** The codes belong to other areas; only their shape matters here. */
function made(code: string, summary: string, detail: string, hint: string): Problem {
  return { code, summary, detail, hint } as Problem;
}

const WEB = Array.from({ length: 5 }, (_, index) => `web-0${index + 1}`);
const DB = ['db-01', 'db-02'];

const FLEET = [...WEB, ...DB, 'legacy', 'quiet', 'lab', 'locked', 'moved', 'gone-01', 'gone-02'];

/** What the probe of every host brought; the last four were never assessed. */
export function assessments(): readonly EventBody[] {
  const good = { rule: 'synchronised', sentence: 'The daemon is synchronised.' };
  return [
    ...['web-01', 'web-02', 'web-03'].map((host, index) =>
      assessed(plan(host, { findings: [inSync(good)] }), { clock: clock(0.0002 * (index - 1)) }),
    ),
    ...['web-04', 'web-05'].map((host, index) => assessed(driftedPlan(host), { clock: clock(0.012 + index / 1000) })),
    assessed(twoDaemonsPlan('db-01'), {
      clock: clock(5.0031),
      summary: NTP,
      notes: ['no answer from 10.77.0.2 port 123'],
    }),
    assessed(plan('db-02', { findings: [inSync(good)] }), { clock: clock(-0.0031, 0.004), summary: NTP }),
    assessed(plan('legacy', { findings: [unknown()] }), {
      clock: null,
      summary: { os: 'CentOS 6.10', platform: 'hyperv', daemon: 'ntpd 4.2.6', source: 'unknown' },
      notes: ['tsync only audits CentOS 6: it makes no change there'],
    }),
    assessed(
      plan('quiet', {
        findings: [drift(CHRONY_CONF, { severity: 'info', sentence: 'makestep could be more patient.' })],
      }),
    ),
    assessed(
      plan('lab', {
        findings: [violation(0.4, 0.1, { waived: 'shares the clock of the machine, until 2027-01-01' }), unknown()],
      }),
    ),
  ];
}

const UNSEEN: readonly EventBody[] = [
  finished('locked', 'failed', { problem: PROBLEMS.sudo }),
  finished('moved', 'unreachable', { problem: PROBLEMS.hostKey }),
  finished('gone-01', 'unreachable', { problem: PROBLEMS.refused }),
  finished('gone-02', 'unreachable', { problem: PROBLEMS.refused }),
];

const IN_SYNC = ['web-01', 'web-02', 'web-03', 'db-02', 'legacy', 'lab'];
const DRIFTED = ['web-04', 'web-05', 'db-01', 'quiet'];

/** An audit or a plan of the fleet: nothing is changed. */
export function lookedAt(kind: RunKind): RunState {
  return stateOf([
    runStarted(kind, FLEET),
    ...assessments(),
    ...IN_SYNC.map((host) => finished(host, 'in-sync')),
    ...DRIFTED.map((host) => finished(host, 'drifted')),
    ...UNSEEN,
    { type: 'run-finished', exitCode: 3 },
  ]);
}

/** A run in which everything happens that can happen to a host. */
export function changed(): RunState {
  const apply = (host: string): EventBody => ({
    type: 'apply-started',
    host,
    transaction: `20261122T100000-k3f9-${host}`,
    planDigest: `plan-${host}`,
    guardSeconds: 240,
  });
  const revert: EventBody = {
    type: 'verdict',
    host: 'db-01',
    transaction: '20261122T100000-k3f9-db-01',
    verdict: 'revert',
    reason: 'the clock was still +5.0 s ±1.2 ms off after 90 s',
  };
  return stateOf([
    runStarted('run', FLEET),
    ...assessments(),
    ...['web-04', 'web-05', 'db-01', 'quiet'].map(apply),
    revert,
    ...['web-01', 'web-02', 'web-03', 'db-02'].map((host) => finished(host, 'in-sync')),
    finished('web-04', 'changed', { clock: clock(0.0001), source: 'PHC0' }),
    finished('web-05', 'changed', { clock: clock(-0.0002), source: 'PHC0' }),
    finished('db-01', 'reverted', { clock: clock(5.0031), source: '10.77.0.1' }),
    finished('quiet', 'guard-unknown', { problem: PROBLEMS.guard }),
    finished('legacy', 'skipped'),
    finished('lab', 'stale', { problem: PROBLEMS.stale }),
    ...UNSEEN,
    { type: 'run-finished', exitCode: 6 },
  ]);
}

/** A fleet in which all is well. */
export function allGood(kind: RunKind, count = 3): RunState {
  const hosts = Array.from({ length: count }, (_, index) => `web-${String(index + 1).padStart(2, '0')}`);
  return stateOf([
    runStarted(kind, hosts),
    ...hosts.map((host, index) =>
      assessed(plan(host, { findings: [inSync()] }), { clock: clock(index * 0.0001), summary: SUMMARY }),
    ),
    ...hosts.map((host) => finished(host, 'in-sync')),
    { type: 'run-finished', exitCode: 0 },
  ]);
}
