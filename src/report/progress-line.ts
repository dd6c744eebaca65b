import { printable } from '#errors/printable.js';
import type { PackageChange } from '#packages/package-plan.js';
import type { HostPlan } from '#plan/plan.js';
import { clockText } from '#present/clock-text.js';
import type { Event } from '#run/event.js';
import type { Outcome } from '#run/outcome.js';
import type { RunState } from '#run/run-state.js';
import { countOf } from './host-names.js';

/**
 * One line about an event for output that is no terminal, or null for what nobody waits to read. `state` is the run's state
 * after the event. The line has no line feed and no colours.
 */
export function progressLine(event: Event, state: RunState): string | null {
  const text = textOf(event, state);
  if (text === null) return null;
  return 'host' in event ? `${printable(event.host)}: ${printable(text)}` : printable(text);
}

function textOf(event: Event, state: RunState): string | null {
  switch (event.type) {
    case 'run-started':
      return `${event.kind} of ${countOf(event.hosts.length, 'host')} from ${event.inventory}, run ${event.run}`;
    case 'host-assessed':
      return state.kind === 'audit' ? null : plannedText(event.plan);
    case 'host-preflight':
      return event.problem === null ? null : `${event.problem.summary}: ${event.problem.detail}`;
    case 'packages-started':
      return `packages: ${event.changes.map(packageText).join(', ')}`;
    case 'packages-finished':
      return event.problem === null ? 'packages: done; the host is looked at again' : null;
    case 'apply-started':
      return event.guardSeconds === 0
        ? 'changing; an image has no guard: what is killed, the next run takes back first'
        : `changing; the guard reverts this host by itself after ${event.guardSeconds} s`;
    case 'host-applied':
      return 'changed, now to be proved over a new connection';
    case 'verify-attempt':
      return event.attempt === 1 && event.waitingFor.length > 0 ? `waiting for ${event.waitingFor.join(', ')}` : null;
    case 'verdict':
      return event.verdict === 'confirm' ? null : `reverting: ${event.reason}`;
    case 'guard-extended':
      return `the guard waits ${event.seconds} s more`;
    case 'abandoned-taken-back':
      return `taking back what was left: ${event.transaction} of ${event.who}, begun ${event.startedAt}`;
    case 'found-kept':
      return `somebody else wrote ${event.path} meanwhile; that is kept as ${event.copy}`;
    case 'transaction-cleaned':
      return `${event.transaction} cleaned away`;
    case 'host-finished':
      return finishedText(event, state);
    case 'wave-started':
      return event.of === 1 ? null : `wave ${event.wave} of ${event.of}: ${countOf(event.hosts, 'host')}`;
    case 'run-paused':
      return 'paused: no further host begins, those in flight go on';
    case 'run-resumed':
      return 'going on';
    case 'store-failed':
      return `${event.problem.summary}: ${event.problem.detail} ${UNRECORDED}`;
    case 'run-interrupted':
      return event.how === 'finish' ? FINISHING : LEAVING;
    default:
      return null;
  }
}

function packageText({ name, before, after }: PackageChange): string {
  if (before === null) return `install ${name} ${after}`;
  return after === null ? `remove ${name} ${before}` : `change ${name} ${before} to ${after}`;
}

function plannedText({ changes, packages }: HostPlan): string | null {
  const parts = [
    ...(changes.length > 0 ? [`${countOf(changes.length, 'change')} planned`] : []),
    ...(packages?.preview == null ? [] : [`packages: ${packages.reason}`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}

function finishedText(event: Extract<Event, { type: 'host-finished' }>, state: RunState): string {
  if (event.problem !== null) return `${OUTCOMES[event.outcome]}: ${event.problem.summary}. ${event.problem.detail}`;
  const host = state.hosts.get(event.host);
  if (host === undefined || host.plan === null) return OUTCOMES[event.outcome];
  const source = host.source ?? host.summary?.source ?? 'unknown';
  return `${OUTCOMES[event.outcome]}; follows ${source}, ${clockText(host.clock)}`;
}

const UNRECORDED = 'No further host is begun; those in flight are finished, and this is not recorded.';
const FINISHING =
  'interrupted: no further host is begun, those in flight are finished; once more leaves them to their guards';
const LEAVING = 'interrupted again: connections are dropped; hosts with an open change revert by themselves';

const OUTCOMES: { readonly [O in Outcome]: string } = {
  'in-sync': 'in sync',
  drifted: 'differs',
  changed: 'changed and proved',
  skipped: 'skipped',
  declined: 'declined',
  stale: 'changed since the plan, left alone',
  reverted: 'reverted',
  failed: 'failed',
  unreachable: 'unreachable',
  'guard-unknown': 'LOOK AT THIS HOST, the state of its guard is not known',
};
