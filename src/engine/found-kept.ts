import type { Frame } from '#conversation/frames.js';
import { printable } from '#errors/printable.js';
import type { EngineDeps } from './deps.js';

const PREFIX = 'found-kept:';

/**
 * Gives what looks at frames for the steps `found-kept:PATH COPY`: what an undo found that somebody else had written, and where it
 * is kept. Each is emitted once (`found-kept`), however often the host tells of it.
 */
export function foundKept(
  host: string,
  transaction: string,
  { emit }: Pick<EngineDeps, 'emit'>,
): (frames: readonly Frame[]) => void {
  const told = new Set<string>();
  return (frames) => {
    for (const frame of frames) {
      if (frame.type !== 'step' || !frame.id.startsWith(PREFIX)) continue;
      const [path, copy] = [printable(frame.id.slice(PREFIX.length)), printable(frame.state)];
      const key = JSON.stringify([path, copy]);
      if (told.has(key)) continue;
      told.add(key);
      emit({ type: 'found-kept', host, transaction, path, copy });
    }
  };
}
