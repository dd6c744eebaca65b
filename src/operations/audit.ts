import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import type { Session } from './session.js';

/** Probes and judges every host, and changes nothing. `onAssessed` is given each host as it was judged. */
export async function audit(
  { tasks, deps }: Session,
  onAssessed: (assessed: Assessed) => void = () => {},
): Promise<void> {
  await assessFleet(tasks, deps, {
    asRoot: false,
    onAssessed(assessed) {
      onAssessed(assessed);
      finishUnchanged(assessed, deps);
    },
  });
}
