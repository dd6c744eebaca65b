import type { HostTask } from '#engine/host-task.js';
import type { Session } from '#operations/session.js';
import type { Event, EventBody, RunKind } from '#run/event.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { DEFAULT_SETTINGS, type Settings } from '#settings/settings.js';
import { depsWith, inItsTime, taskOf } from '../engine/model-fleet.js';
import { type Fault, ModelHost } from '../engine/model-host.js';

export const GUARD_SECONDS = 45;

/** A run over model hosts, and everything that it told. */
export interface ModelSession extends Session {
  readonly hosts: readonly ModelHost[];
  readonly events: readonly Event[];
  /** How each host ended: outcome, and the code of its problem. */
  readonly ends: () => readonly string[];
}

/** A session over hosts `a`, `b` ... with these faults, or over hosts that were there before. */
export function sessionOn(
  faults: readonly (Fault | null)[] | readonly ModelHost[],
  kind: RunKind = 'run',
  settings: Partial<Settings> = {},
): ModelSession {
  const hosts = faults.map((one, place) =>
    one instanceof ModelHost ? one : new ModelHost('abcdef'.charAt(place), one, GUARD_SECONDS),
  );
  const events: Event[] = [];
  let state: RunState | null = null;
  const emit = (body: EventBody) => {
    const event = { ...body, at: new Date().toISOString(), sequence: events.length + 1 } as Event;
    events.push(event);
    state = reduce(state, event);
  };
  const run = `models-${kind}`;
  const who = 'test';
  const names = hosts.map(({ name }) => name);
  const operatorClock = { synchronised: null, detail: 'a test' };
  emit({
    type: 'run-started',
    kind,
    run,
    hosts: names,
    who,
    version: '0',
    inventory: 'models',
    operatorClock,
    of: null,
  });
  return {
    hosts,
    events,
    tasks: names.map((name) => withSettings(name, settings)),
    deps: depsWith(new Map(hosts.map((host) => [host.name, host])), run, emit),
    state: () => state as unknown as RunState,
    ends: () =>
      [...(state as unknown as RunState).hosts.values()].map(({ outcome, problem }) =>
        problem === null ? `${outcome}` : `${outcome} ${problem.code}`,
      ),
  };
}

function withSettings(name: string, settings: Partial<Settings>): HostTask {
  const rollout = { ...DEFAULT_SETTINGS.rollout, settleTimeoutSeconds: 10, confirmTimeoutSeconds: GUARD_SECONDS };
  const task = taskOf(name, rollout);
  return { ...task, settings: { ...task.settings, settings: { ...task.settings.settings, ...settings } } };
}

export { inItsTime };
