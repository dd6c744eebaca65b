import type { ClockMeasurement, Section, Snapshot } from '#snapshot/snapshot.js';
import type { Frame } from './frames.js';

/** Folds the frames of one probe into a snapshot. Without the `done` frame it is incomplete; nothing is thrown. */
export function collectSnapshot(frames: readonly Frame[], clock: ClockMeasurement | null): Snapshot {
  const sections: Section[] = [];
  let protocol = 0;
  let complete = false;
  for (const frame of frames) {
    if (frame.type === 'section') sections.push(frame.section);
    else if (frame.type === 'ready') protocol = frame.protocol;
    else if (frame.type === 'done') complete = true;
  }
  return { protocol, sections, complete, clock };
}
