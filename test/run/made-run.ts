import type { Finding, HostPlan } from '#plan/plan.js';
import type { Change } from '#resources/resource.js';
import type { Event, EventBody, HostSummary, RunKind } from '#run/event.js';
import type { Outcome } from '#run/outcome.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';

/** Made-up runs for tests: bodies become events with rising sequence numbers and times one second apart. */
export function eventsOf(bodies: readonly EventBody[]): readonly Event[] {
  return bodies.map((body, index) => ({ ...body, at: timeAt(index), sequence: index + 1 }));
}

export function timeAt(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 22, 10, 0, seconds)).toISOString();
}

export function stateOf(bodies: readonly EventBody[]): RunState {
  const state = eventsOf(bodies).reduce<RunState | null>(reduce, null);
  if (state === null) throw new Error('a run has at least one event');
  return state;
}

export function runStarted(kind: RunKind, hosts: readonly string[], of: string | null = null): EventBody {
  return {
    type: 'run-started',
    kind,
    run: '20261122T100000-k3f9',
    hosts,
    who: 'ada@bastion',
    version: '0.1.0',
    inventory: 'inventory.yaml',
    operatorClock: { synchronised: true, detail: 'chronyd, stratum 3, ±0.4 ms' },
    of,
  };
}

export const SUMMARY: HostSummary = { os: 'Debian 12', platform: 'azure', daemon: 'chrony 4.3', source: 'PHC0' };

export function clock(offsetSeconds: number, boundSeconds = 0.0012): ClockMeasurement {
  return { offsetSeconds, boundSeconds, exchanges: 8, resolutionSeconds: 1e-9 };
}

export function plan(host: string, parts: Partial<HostPlan> = {}): HostPlan {
  return {
    host,
    strategy: { asked: 'auto', taken: 'ptp+ntp', reason: 'Azure' },
    snapshotDigest: `snapshot-${host}`,
    findings: [],
    changes: [],
    actions: [],
    packages: null,
    refused: null,
    newServers: [],
    planDigest: `plan-${host}`,
    foldKey: 'nothing',
    ...parts,
  };
}

export function assessed(
  hostPlan: HostPlan,
  parts: Partial<Extract<EventBody, { type: 'host-assessed' }>> = {},
): EventBody {
  return {
    type: 'host-assessed',
    host: hostPlan.host,
    plan: hostPlan,
    clock: clock(0.0004),
    summary: SUMMARY,
    notes: [],
    ...parts,
  };
}

export function finished(
  host: string,
  outcome: Outcome,
  parts: Partial<Extract<EventBody, { type: 'host-finished' }>> = {},
): EventBody {
  return { type: 'host-finished', host, outcome, problem: null, clock: null, source: null, ...parts };
}

export function fileChange(
  name: string,
  before: string | null,
  after: string | null,
  because = 'refclock-missing',
): Change {
  return { id: `file:${name}`, kind: 'file', name, before: file(before), after: file(after), because };
}

function file(text: string | null) {
  if (text === null) return null;
  return {
    bytes: new TextEncoder().encode(text),
    mode: '0644',
    owner: 'root',
    group: 'root',
    truncated: false,
  } as const;
}

const FINDING = {
  rule: 'refclock-missing',
  severity: 'medium',
  sentence: 'chronyd does not use the clock of the Azure host.',
  evidence: [{ where: '/sys/class/ptp/ptp0/clock_name', text: 'hyperv' }],
  source: 'https://learn.microsoft.com/azure/virtual-machines/linux/time-sync',
  waived: null,
} as const;

type Base = Partial<Pick<Finding, 'rule' | 'severity' | 'sentence' | 'evidence' | 'waived'>>;

export function drift(change: Change, parts: Base = {}): Finding {
  return { ...FINDING, ...parts, status: 'drift', change };
}

export function violation(measured: number, limit: number, parts: Base = {}): Finding {
  return {
    ...FINDING,
    rule: 'clock-offset',
    severity: 'high',
    sentence: 'The clock is further off than the limit allows.',
    evidence: [{ where: 'our measurement', text: '8 exchanges' }],
    ...parts,
    status: 'violation',
    measured: { value: measured, unit: 's', bound: 0.0012 },
    limit: { value: limit, unit: 's', bound: null },
  };
}

export function unknown(parts: Base = {}): Finding {
  return {
    ...FINDING,
    rule: 'selected-source',
    sentence: 'Could not be told: chronyc answered 506.',
    ...parts,
    status: 'unknown',
    problem: {
      code: 'internal/bug',
      summary: 'could not be read',
      detail: 'chronyc answered 506.',
      hint: 'Probe as root.',
    },
  };
}

export function inSync(parts: Base = {}): Finding {
  return { ...FINDING, ...parts, status: 'in-sync' };
}
