import { assertNever } from '#errors/assert-never.js';
import { type Problem, problem, stageOf } from '#errors/problem.js';
import type { Host } from '#inventory/host.js';
import type { Outcome } from '#run/outcome.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import { forEachHost } from './for-each-host.js';
import { foundKept } from './found-kept.js';
import type { HostTask } from './host-task.js';
import { listTransactions } from './list-transactions.js';
import { answerOf, type SettleDialog, withSettleDialog } from './settle-dialog.js';
import { takeBackInImage } from './settle-image.js';

/** What a person wants done to one transaction. */
export type Tending =
  | { readonly kind: 'confirm' | 'revert'; readonly transaction: string }
  /** `found`: also what holds copies of what somebody else wrote. */
  | { readonly kind: 'clean'; readonly transaction: string; readonly found: boolean }
  | { readonly kind: 'extend'; readonly transaction: string; readonly seconds: number };

/** What a person wants done on one host. */
export interface TendingTask {
  readonly task: HostTask;
  readonly tendings: readonly Tending[];
}

const SECONDS = 600;

/**
 * Asks every host for the transactions that lie on it (`transactions-seen`). A host that gave no connection is finished as
 * unreachable; one that did and whose transactions could not be read as `guard-unknown`.
 */
export async function listFleet(tasks: readonly HostTask[], deps: EngineDeps): Promise<void> {
  const list = async ({ host }: HostTask) => {
    deps.emit({ type: 'host-connecting', host: host.name });
    const transactions = await withSettleDialog(host, deps, { seconds: SECONDS, asRoot: true }, listTransactions);
    deps.emit({ type: 'transactions-seen', host: host.name, transactions });
  };
  await forEachHost(tasks, deps, list, { outcomeOf });
}

/**
 * Does what is wanted to the transactions of each host, one after the other, reads from the host how they stand then, and
 * finishes it with what it answered.
 */
export async function tendFleet(items: readonly TendingTask[], deps: EngineDeps): Promise<void> {
  const tendAll = async ({ task: { host }, tendings }: TendingTask) => {
    const ends = await withSettleDialog(host, deps, { seconds: SECONDS, asRoot: true }, async (dialog) => {
      const seen: End[] = [];
      for (const tending of tendings) seen.push(await tend(dialog, host, tending, deps));
      deps.emit({ type: 'transactions-seen', host: host.name, transactions: await listTransactions(dialog) });
      return seen;
    });
    const worst = ends.find(({ outcome }) => outcome === 'guard-unknown') ?? ends.find((end) => end.problem !== null);
    finishHost(host.name, worst ?? { outcome: 'changed' }, deps);
  };
  await forEachHost(items, deps, tendAll, { outcomeOf });
}

interface End {
  readonly outcome: Extract<Outcome, 'changed' | 'failed' | 'guard-unknown'>;
  readonly problem: Problem | null;
}

async function tend(dialog: SettleDialog, place: Host, tending: Tending, deps: EngineDeps): Promise<End> {
  const { kind, transaction } = tending;
  const host = place.name;
  const reason = `${deps.who} said so`;
  switch (kind) {
    case 'confirm':
    case 'revert': {
      deps.emit({ type: 'verdict', host, transaction, verdict: kind, reason });
      const isOfImage = place.connection.image !== null && kind === 'revert';
      const frames = isOfImage ? [] : await dialog.request(`${kind} ${transaction}`);
      foundKept(host, transaction, deps)(frames);
      const answer = isOfImage ? await takeBackInImage(dialog, place, transaction, deps) : answerOf(frames, kind);
      return endOf(tending, answer, kind === 'confirm' ? 'confirmed' : 'reverted');
    }
    case 'extend': {
      const answer = answerOf(await dialog.request(`extend ${transaction} ${tending.seconds}`), 'extend');
      if (answer === 'extended') {
        deps.emit({ type: 'guard-extended', host, transaction, seconds: tending.seconds });
      }
      return endOf(tending, answer, 'extended');
    }
    case 'clean': {
      const answer = answerOf(await dialog.request(`clean ${transaction}${tending.found ? ' found' : ''}`), 'clean');
      if (answer === 'cleaned') deps.emit({ type: 'transaction-cleaned', host, transaction });
      return endOf(tending, answer, 'cleaned');
    }
    default:
      return assertNever(kind);
  }
}

/** What the host said became of it: as wanted, refused and why, or not known. */
function endOf({ kind, transaction }: Tending, answer: string, wanted: string): End {
  if (answer === wanted) return { outcome: 'changed', problem: null };
  const detail = `Asked to ${kind} ${transaction}, the host answered: ${answer === '' ? 'nothing' : answer}.`;
  const isKnown = answer.startsWith('refused:') || answer === 'confirmed' || answer === 'reverted';
  if (isKnown) return { outcome: 'failed', problem: problem('guard/refused', detail) };
  const code = kind === 'revert' ? 'apply/undo-failed' : 'verify/guard-unknown';
  return { outcome: kind === 'clean' ? 'failed' : 'guard-unknown', problem: problem(code, detail) };
}

/** A host that answered, and then could not be understood, may have something open that nobody knows of. */
function outcomeOf(problem: Problem): Outcome {
  return stageOf(problem) === 'connection' ? 'unreachable' : 'guard-unknown';
}
