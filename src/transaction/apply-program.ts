import { joined, type Part, quoted } from '#conversation/shell-words.js';
import { printable } from '#errors/printable.js';
import { kindOf } from '#resources/kinds.js';
import type { Action, Change } from '#resources/resource.js';
import { recordOf, recordText } from './image-record.js';
import type { ProgramTexts } from './verify-program.js';

/** What an apply program does: a host's plan is one. */
export interface AppliedPlan {
  readonly host: string;
  readonly changes: readonly Change[];
  readonly actions: readonly Action[];
  readonly planDigest: string;
}

/** Who changes a host, when, and for how long unconfirmed. */
export interface TransactionMeta {
  /** Unique on the host; characters A-Z a-z 0-9 . - and not first a dot or dash. */
  readonly transaction: string;
  readonly run: string;
  readonly who: string;
  readonly version: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly guardSeconds: number;
}

/**
 * The program that makes the changes of one host behind an armed guard; bytes, because a file's contents may be any (but NUL,
 * which no shell holds: such a file throws, and a plan never has one). It is readable: `tsync plan --script HOST` prints it.
 */
export function applyProgram(
  texts: Omit<ProgramTexts, 'probe'>,
  plan: AppliedPlan,
  meta: TransactionMeta,
  place: 'host' | 'image' = 'host',
): Uint8Array {
  const library = [texts.conversation, texts.transaction, texts.kinds].join('\n');
  return joined([
    `${library}\n`,
    transactionMeta(plan, meta),
    ...(place === 'image' ? [transactionRecord(plan.changes)] : []),
    'transaction_data() {\n',
    ...plan.changes.flatMap(changeCall),
    ...plan.actions.map((action) => `  action ${action.kind} ${quoted(action.name)}\n`),
    '  :\n}\n\ntsync_apply "$@"\n',
  ]);
}

/** What an image tree keeps instead of the program. */
function transactionRecord(changes: readonly Change[]): string {
  return `transaction_record() { put ${quoted(recordText(recordOf(changes)))}; }\n\n`;
}

/** The function that says who, when and for how long; for programs that use the lock and the log. */
export function transactionMeta(
  { host, planDigest }: Pick<AppliedPlan, 'host' | 'planDigest'>,
  meta: TransactionMeta,
): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(meta.transaction))
    throw new Error(`not a transaction id: ${meta.transaction}`);
  if (!Number.isSafeInteger(meta.guardSeconds) || meta.guardSeconds <= 0)
    throw new Error('guardSeconds is no whole number');
  const values = {
    transaction: meta.transaction,
    run: meta.run,
    who: meta.who,
    host,
    started_at: meta.startedAt,
    guard_seconds: String(meta.guardSeconds),
    plan_digest: planDigest,
    version: meta.version,
  };
  const lines = Object.entries(values).map(([name, value]) => `  ${name}=${quoted(printable(value))}\n`);
  return `transaction_meta() {\n${lines.join('')}}\n\n`;
}

function changeCall(change: Change): readonly Part[] {
  const restart = change.restart === undefined ? '' : ` ${quoted(change.restart)}`;
  return [`  because ${quoted(printable(change.because))}${restart}\n  `, ...kindOf(change).toShell(change), '\n'];
}
