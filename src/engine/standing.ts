import { printable } from '#errors/printable.js';
import { assess } from '#plan/assess.js';
import { mustRevert, waitingFor } from '#plan/settled.js';
import type { HostTask } from './host-task.js';
import type { StandingOf } from './settle-host.js';

/** How a changed host is judged: its settings again, on a new probe. `today` is the ISO date for waivers. */
export function standingBySettings({ host, settings }: HostTask, today: string): StandingOf {
  return ({ facts, snapshotDigest }) => {
    const plan = assess({ host: host.name, facts, settings, snapshotDigest, today });
    return { waitingFor: waitingFor(plan).map((text) => printable(text)), hopeless: mustRevert(plan) };
  };
}
