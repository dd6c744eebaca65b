import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { indexSections } from '#facts/sections.js';
import type { Change } from '#resources/resource.js';
import { RULES } from '#rules/rules.js';
import { isNamed } from '#run/open-transactions.js';
import { readTransactionChanges } from '#transaction/read-transaction-changes.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import { forEachHost } from './for-each-host.js';
import type { HostTask } from './host-task.js';
import { listTransactions } from './list-transactions.js';
import { answerOf, type SettleDialog, withSettleDialog } from './settle-dialog.js';

const SECONDS = 600;

/**
 * What a run, or one transaction, changed on each host, as the hosts themselves keep it, oldest first; for a rollback without
 * the store of that run. Only what was confirmed counts. A host that cannot tell is finished with its problem; one that has nothing
 * of that name is finished as skipped, and as failed where no host has anything.
 */
export async function readChanges(
  tasks: readonly HostTask[],
  name: string,
  deps: EngineDeps,
): Promise<ReadonlyMap<string, readonly Change[]>> {
  const without: string[] = [];
  const changes = new Map<string, readonly Change[]>();
  await forEachHost(tasks, deps, readOne);
  const detail = `No confirmed transaction of ${printable(name)} lies here; a host keeps the ten newest.`;
  for (const host of without) {
    const outcome = changes.size > 0 ? 'skipped' : 'failed';
    finishHost(host, { outcome, problem: problem('rollback/nothing', detail) }, deps);
  }
  return changes;

  async function readOne({ host }: HostTask): Promise<void> {
    deps.emit({ type: 'host-connecting', host: host.name });
    const made = await withSettleDialog(host, deps, { seconds: SECONDS, asRoot: true }, (dialog) =>
      changesOf(dialog, host.name, name, deps),
    );
    if (made === null) without.push(host.name);
    else changes.set(host.name, made);
  }
}

async function changesOf(
  dialog: SettleDialog,
  host: string,
  name: string,
  deps: EngineDeps,
): Promise<readonly Change[] | null> {
  const transactions = await listTransactions(dialog);
  deps.emit({ type: 'transactions-seen', host, transactions });
  const named = transactions.filter((one) => one.state === 'confirmed' && isNamed(one, name)).toReversed();
  if (named.length === 0) return null;
  const changes = new Map<string, Change>();
  for (const { id } of named) {
    for (const change of await told(dialog, id)) {
      // changed twice by the same run: from what it was at first to what it became at last
      const { before } = changes.get(change.id) ?? change;
      changes.set(change.id, { ...change, before } as Change);
    }
  }
  return [...changes.values()];
}

async function told(dialog: SettleDialog, id: string): Promise<readonly Change[]> {
  const frames = await dialog.request(`tell ${id}`);
  const answer = answerOf(frames, 'tell');
  if (answer !== 'told') throw unreadable(`Asked what ${id} changed, the host answered: ${answer || 'nothing'}`);
  const sections = indexSections(collectSnapshot([...frames, { type: 'done' }], null));
  const fact = readTransactionChanges(sections, `/var/lib/tsync/tx/${id}`);
  if (fact.value === null) throw unreadable(`What ${id} changed: ${fact.reason}`);
  const strange = fact.value.find(({ because }) => !RULE_IDS.has(because));
  if (strange !== undefined)
    throw unreadable(`${id} was made for the rule ${strange.because}, which this tsync does not know`);
  return fact.value;
}

const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

const unreadable = (detail: string) => new HostTrouble(problem('guard/unreadable', `${detail}.`));
