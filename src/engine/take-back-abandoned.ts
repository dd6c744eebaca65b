import { HostTrouble } from '#errors/host-trouble.js';
import { problem } from '#errors/problem.js';
import type { HostTransaction } from '#facts/facts.js';
import type { Host } from '#inventory/host.js';
import type { EngineDeps } from './deps.js';
import { foundKept } from './found-kept.js';
import { revertOnHost } from './revert-on-host.js';
import { withSettleDialog } from './settle-dialog.js';
import { takeBackInImage } from './settle-image.js';

const SECONDS = 600;

/** Takes back what nobody else will, newest first. Rejects with `HostTrouble` unless the host says that all is as before. */
export async function takeBackAbandoned(
  host: Host,
  transactions: readonly HostTransaction[],
  deps: EngineDeps,
): Promise<void> {
  await withSettleDialog(host, deps, { seconds: SECONDS, asRoot: true }, async (dialog) => {
    for (const { id: transaction, who, startedAt } of transactions) {
      deps.emit({ type: 'abandoned-taken-back', host: host.name, transaction, who, startedAt });
      const answer =
        host.connection.image === null
          ? await revertOnHost(dialog, transaction, foundKept(host.name, transaction, deps))
          : await takeBackInImage(dialog, host, transaction, deps);
      if (answer !== 'reverted') {
        const detail = `Taking back the abandoned transaction ${transaction} of ${who} ended with: ${answer}.`;
        throw new HostTrouble(problem('apply/undo-failed', detail));
      }
    }
  });
}
