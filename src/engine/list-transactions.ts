import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { problem } from '#errors/problem.js';
import type { HostTransaction } from '#facts/facts.js';
import { indexSections } from '#facts/sections.js';
import { transactionsFact } from '#facts/transactions.js';
import type { SettleDialog } from './settle-dialog.js';

/**
 * Every transaction that lies on a host, finished or not, newest first, as the host tells of them. Throws `HostTrouble`
 * `guard/unreadable`: what could not be read whole is not known.
 */
export async function listTransactions(dialog: SettleDialog): Promise<readonly HostTransaction[]> {
  const frames = await dialog.request('list');
  const sections = indexSections(collectSnapshot([...frames, { type: 'done' }], null));
  const fact = transactionsFact(sections);
  if (fact.value === null) throw new HostTrouble(problem('guard/unreadable', `${fact.reason}.`));
  return fact.value;
}
