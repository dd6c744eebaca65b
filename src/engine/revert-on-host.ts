import type { Frame } from '#conversation/frames.js';
import { answerOf, type SettleDialog } from './settle-dialog.js';

/**
 * Lets the host take a transaction back by the program that lies beside its backups. Gives `reverted`, or how it ended; `tellFound`
 * hears what was kept of somebody else's work.
 */
export async function revertOnHost(
  dialog: SettleDialog,
  transaction: string,
  tellFound: (frames: readonly Frame[]) => void,
): Promise<string> {
  const frames = await dialog.request(`revert ${transaction}`);
  tellFound(frames);
  return answerOf(frames, 'revert');
}
