import type { EngineDeps } from '#engine/deps.js';
import type { HostTask } from '#engine/host-task.js';
import type { RunState } from '#run/run-state.js';

/** A run while it goes on: its hosts, what the engine needs, and the fold over what was emitted so far. */
export interface Session {
  readonly tasks: readonly HostTask[];
  readonly deps: EngineDeps;
  readonly state: () => RunState;
}
