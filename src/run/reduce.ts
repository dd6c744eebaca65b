import { assertNever } from '#errors/assert-never.js';
import type { Event, RunAsked } from './event.js';
import { HostMap } from './host-map.js';
import type { HostState, RunState, Stage } from './run-state.js';

/**
 * The fold over the events of one run: state, screen, log and report all come from it.
 *
 * Pure and total: an event about a host that is not in the run changes nothing, one that comes twice changes nothing more, one
 * that comes late never takes a host back to an earlier stage, and a host that has finished only takes another
 * `host-finished`. Events before `run-started` give a state whose `run` is empty, which no report takes for a run.
 */
export function reduce(state: RunState | null, event: Event): RunState {
  const before = state ?? notStarted(event.at);
  switch (event.type) {
    case 'run-started':
      return before.run === '' ? started(event) : before;
    case 'run-interrupted':
      return before.interrupted === 'leave' ? before : { ...before, interrupted: event.how };
    case 'store-failed':
      return { ...before, storeProblem: before.storeProblem ?? event.problem };
    case 'run-paused':
      return { ...before, paused: true };
    case 'run-resumed':
      return { ...before, paused: false };
    case 'wave-started':
      return before;
    case 'run-finished':
      return { ...before, paused: false, finishedAt: event.at, exitCode: event.exitCode };
    default:
      return withHost(before, event);
  }
}

type RunStarted = Extract<Event, { type: 'run-started' }>;
type HostEvent = Extract<Event, { host: string }>;

function started(event: RunStarted): RunState {
  const { run, kind, who, version, inventory, of, operatorClock, asked = NOTHING_ASKED } = event;
  const hosts = HostMap.of(event.hosts, waitingHost);
  const ending = { finishedAt: null, paused: false, interrupted: null, storeProblem: null, exitCode: null };
  return { run, kind, who, version, inventory, of, asked, startedAt: event.at, operatorClock, hosts, ...ending };
}

const NOTHING_ASKED: RunAsked = { playbook: null, strategy: null, confirmTimeout: null };

function notStarted(at: string): RunState {
  return {
    run: '',
    kind: 'audit',
    who: '',
    version: '',
    inventory: '',
    of: null,
    asked: NOTHING_ASKED,
    startedAt: at,
    finishedAt: null,
    operatorClock: { synchronised: null, detail: 'the start of this run was not recorded' },
    hosts: HostMap.of([], waitingHost),
    paused: false,
    interrupted: null,
    storeProblem: null,
    exitCode: null,
  };
}

function waitingHost(host: string): HostState {
  return {
    host,
    stage: 'waiting',
    summary: null,
    plan: null,
    clock: null,
    notes: [],
    transaction: null,
    packageWork: null,
    transactions: null,
    found: [],
    progress: '',
    verdict: null,
    source: null,
    outcome: null,
    problem: null,
  };
}

function withHost(state: RunState, event: HostEvent): RunState {
  const host = state.hosts.get(event.host);
  if (host === undefined || !(state.hosts instanceof HostMap)) return state;
  if (host.stage === 'finished' && event.type !== 'host-finished') return state;
  return { ...state, hosts: state.hosts.with(event.host, reduceHost(host, event)) };
}

function reduceHost(host: HostState, event: HostEvent): HostState {
  switch (event.type) {
    case 'host-connecting':
      return { ...host, stage: later(host.stage, 'connecting') };
    case 'host-probing':
      return { ...host, stage: later(host.stage, 'probing') };
    case 'host-retrying':
      return { ...host, notes: union(host.notes, [`tried again: ${event.problem.detail}`]) };
    case 'host-assessed':
      return {
        ...host,
        stage: later(host.stage, 'assessed'),
        summary: event.summary,
        plan: event.plan,
        clock: event.clock ?? host.clock,
        notes: union(event.notes, host.notes),
      };
    case 'host-preflight':
      return { ...host, notes: union(host.notes, event.notes), problem: event.problem ?? host.problem };
    case 'host-approved':
      return { ...host, stage: later(host.stage, 'approved') };
    case 'packages-started': {
      const packageWork = host.packageWork ?? { work: event.work, changes: event.changes, state: 'begun' };
      return { ...host, stage: later(host.stage, 'applying'), packageWork };
    }
    case 'packages-step':
      return { ...host, stage: later(host.stage, 'applying'), progress: `packages, ${stepText(event)}` };
    case 'packages-finished':
      return host.packageWork === null
        ? host
        : {
            ...host,
            packageWork: { ...host.packageWork, state: event.problem === null ? 'done' : 'failed' },
            progress: '',
          };
    case 'apply-started':
      return { ...host, stage: later(host.stage, 'applying'), transaction: event.transaction };
    case 'apply-step':
      return {
        ...host,
        stage: later(host.stage, 'applying'),
        transaction: event.transaction,
        progress: stepText(event),
      };
    case 'host-applied':
      return { ...host, stage: later(host.stage, 'verifying'), transaction: event.transaction, progress: '' };
    case 'verify-attempt': {
      const progress = event.waitingFor.length === 0 ? '' : `waiting for ${event.waitingFor.join(', ')}`;
      return { ...host, stage: later(host.stage, 'verifying'), progress, clock: event.clock ?? host.clock };
    }
    case 'verdict': {
      const verdict = { verdict: event.verdict, reason: event.reason };
      return { ...host, stage: later(host.stage, 'verifying'), transaction: event.transaction, verdict };
    }
    case 'transactions-seen':
      return { ...host, stage: later(host.stage, 'probing'), transactions: event.transactions };
    case 'guard-extended':
      return { ...host, notes: union(host.notes, [`guard extended to ${event.seconds} s from then on`]) };
    case 'abandoned-taken-back': {
      const { transaction, who, startedAt } = event;
      return { ...host, notes: union(host.notes, [`first taken back: ${transaction} of ${who}, begun ${startedAt}`]) };
    }
    case 'found-kept': {
      const { path, copy } = event;
      const isKnown = host.found.some((one) => one.path === path && one.copy === copy);
      return isKnown ? host : { ...host, found: [...host.found, { path, copy }] };
    }
    case 'transaction-cleaned':
      return host;
    case 'host-finished':
      return {
        ...host,
        stage: 'finished',
        outcome: event.outcome,
        problem: event.problem,
        clock: event.clock ?? host.clock,
        source: event.source ?? host.source,
        summary: host.summary === null ? null : { ...host.summary, daemon: event.daemon ?? host.summary.daemon },
        progress: '',
      };
    default:
      return assertNever(event);
  }
}

function stepText(event: Extract<Event, { type: 'apply-step' | 'packages-step' }>): string {
  return event.detail === '' ? event.step : `${event.step}: ${event.detail}`;
}

const ORDER: readonly Stage[] = [
  'waiting',
  'connecting',
  'probing',
  'assessed',
  'approved',
  'applying',
  'verifying',
  'finished',
];

function later(now: Stage, next: Stage): Stage {
  return ORDER.indexOf(next) > ORDER.indexOf(now) ? next : now;
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return second.every((note) => first.includes(note)) ? first : [...new Set([...first, ...second])];
}
