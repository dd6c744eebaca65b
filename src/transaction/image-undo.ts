import { joined } from '#conversation/shell-words.js';
import { KINDS } from '#resources/kinds.js';
import { type TransactionMeta, transactionMeta } from './apply-program.js';
import type { RecordedChange } from './image-record.js';
import type { ProgramTexts } from './verify-program.js';

/**
 * The program that takes back what is open in an image tree: this tsync's own functions, and changes that were read as data. Of the
 * tree it uses the journal (what was begun) and the backups, and runs nothing.
 */
export function imageUndoProgram(
  texts: Omit<ProgramTexts, 'probe'>,
  host: string,
  changes: readonly RecordedChange[],
  meta: Omit<TransactionMeta, 'guardSeconds'>,
): Uint8Array {
  return joined([
    `${[texts.conversation, texts.transaction, texts.kinds].join('\n')}\n`,
    transactionMeta({ host, planDigest: '' }, { ...meta, guardSeconds: 1 }),
    'transaction_data() {\n',
    ...changes.map(undoCall),
    '  :\n}\n\ntsync_take_back "$@"\n',
  ]);
}

function undoCall({ kind, name, before, after }: RecordedChange): string {
  return `  ${KINDS[kind].image?.toShell(name, before, after)}\n`;
}
