import { joined, quoted, type TransactionMeta, transactionMeta } from './apply-program.js';
import type { FileMark, RecordedChange, UnitMark } from './image-record.js';
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
  const { conversation, transaction, file, service } = texts;
  return joined([
    `${[conversation, transaction, file, service].join('\n')}\n`,
    transactionMeta({ host, planDigest: '' }, { ...meta, guardSeconds: 1 }),
    'transaction_data() {\n',
    ...changes.map(undoCall),
    '  :\n}\n\ntsync_take_back "$@"\n',
  ]);
}

function undoCall(change: RecordedChange): string {
  const name = quoted(change.name);
  switch (change.kind) {
    case 'file':
      return `  change_file ${name} ${fileWords(change.before)} ${fileWords(change.after)} ''\n`;
    case 'service':
      return `  change_service ${name} ${unitWords(change.before)} ${unitWords(change.after)}\n`;
  }
}

function fileWords(mark: FileMark | null): string {
  if (mark === null) return 'absent - - - -';
  return `${quoted(mark.mode)} ${quoted(mark.owner)} ${quoted(mark.group)} ${mark.length} ${mark.cksum}`;
}

function unitWords({ masked, links }: UnitMark): string {
  return `inactive ${masked ? 'masked' : 'unmasked'} ${quoted(links.join('\n'))}`;
}
