import { collectSnapshot } from '#conversation/collect-snapshot.js';
import type { Frame } from '#conversation/frames.js';
import { measureClock } from '#conversation/measure-clock.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import type { Host } from '#inventory/host.js';
import type { ClockMeasurement, Snapshot } from '#snapshot/snapshot.js';
import { snapshotDigest } from '#snapshot/snapshot-digest.js';
import type { ClockRound } from '#transport/conversation-clock.js';
import { defaultClockAsking } from '#transport/converse.js';
import type { EngineDeps } from './deps.js';
import { talk } from './talk.js';

/** What one probe of a host brought. */
export interface Probed {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly snapshotDigest: string;
}

const SILENCE_MS = 30_000;
const TOTAL_MS = 120_000;

/** One connection, one exec, one snapshot: only reads. `asked`: what the playbook names beside all else (`askedBy`). Rejects with `HostTrouble`, also when the snapshot was cut off. */
export async function probeHost(
  host: Host,
  deps: EngineDeps,
  options: { readonly asRoot: boolean; readonly asked: readonly string[] },
): Promise<Probed> {
  const frames: Frame[] = [];
  const result = await talk(host, deps, {
    program: deps.programs.probe,
    kind: 'probe',
    asRoot: options.asRoot,
    parameters: options.asked,
    access: 'read',
    clock: defaultClockAsking,
    silenceMs: SILENCE_MS,
    totalMs: TOTAL_MS,
    onFrame: (frame) => {
      if (frame.type === 'ready') deps.emit({ type: 'host-probing', host: host.name });
      frames.push(frame);
    },
  });
  if (result.end === 'cut') throw cutOff(result.lastWords);
  await deps.turn();
  return assembled(frames, isMeasurable(host) ? measurementOf(result) : null);
}

/** A clock cannot be measured against itself, and an image has none. */
export function isMeasurable({ connection }: Host): boolean {
  return connection.transport !== 'local';
}

/** A round of exchanges as a measurement; null when the host gave no usable answer. */
export function measurementOf({ exchanges, resolutionSeconds }: ClockRound): ClockMeasurement | null {
  return resolutionSeconds === null ? null : measureClock(exchanges, resolutionSeconds);
}

/** Frames of one probe and the measurement beside them, as facts. Throws `HostTrouble` when the end is missing. */
export function assembled(frames: readonly Frame[], clock: Snapshot['clock']): Probed {
  const snapshot = collectSnapshot(frames, clock);
  if (!snapshot.complete) throw cutOff('');
  return { snapshot, facts: factsOf(snapshot), snapshotDigest: snapshotDigest(snapshot) };
}

function cutOff(lastWords: string): HostTrouble {
  const detail = `The probe ended before its last frame, so part of the host was not seen. ${lastWords}`;
  return new HostTrouble(problem('probe/cut-off', detail.trimEnd()));
}
