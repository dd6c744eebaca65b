import type { EngineDeps } from './deps.js';
import type { HostTask } from './host-task.js';
import type { Probed } from './probe-host.js';
import { withSettleDialog } from './settle-dialog.js';

const SECONDS = 600;

/**
 * Takes back what a run that was killed left in an image tree, where no guard would ever do it. True when there was something.
 * Rejects with `HostTrouble`; what could not be taken back stays open, and the next probe shows it.
 */
export async function settleImage({ host }: HostTask, { facts }: Probed, deps: EngineDeps): Promise<boolean> {
  const open = facts.openTransactions.value ?? [];
  if (host.connection.image === null || open.length === 0) return false;
  await withSettleDialog(host, deps, { seconds: SECONDS, asRoot: true }, async (dialog) => {
    for (const { id, who, startedAt } of open) {
      const reason = `left open by ${who}, ${startedAt}`;
      deps.emit({ type: 'verdict', host: host.name, transaction: id, verdict: 'revert', reason });
      await dialog.request(`revert ${id}`);
    }
  });
  return true;
}
