import type { RunState, Stage } from '#run/run-state.js';

/** When the screen first saw each host in its present stage. */
export interface StageTimes {
  readonly stages: ReadonlyMap<string, Stage>;
  /** Milliseconds of Unix time, by host, of hosts that are being worked on. */
  readonly since: ReadonlyMap<string, number>;
}

export const NO_STAGE_TIMES: StageTimes = { stages: new Map(), since: new Map() };

/** Notes the hosts whose stage is another than before. Hosts that wait or are done have no time. */
export function noteStages(before: StageTimes, state: RunState, nowMs: number): StageTimes {
  const stages = new Map<string, Stage>();
  const since = new Map<string, number>();
  for (const { host, stage } of state.hosts.values()) {
    stages.set(host, stage);
    if (!WORKED_ON.has(stage)) continue;
    since.set(host, before.stages.get(host) === stage ? (before.since.get(host) ?? nowMs) : nowMs);
  }
  return { stages, since };
}

const WORKED_ON: ReadonlySet<Stage> = new Set(['connecting', 'probing', 'applying', 'verifying']);
