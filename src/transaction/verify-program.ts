/** The shell files of this folder, which every program has that changes or settles something. Their order means nothing to a host. */
export const TRANSACTION_FILES = [
  'transaction',
  'lock',
  'journal',
  'entries',
  'actions',
  'folders',
  'guard',
  'boot-hook',
  'apply',
  'volatile',
  'undo',
  'found',
  'tell',
  'verify',
  'clean',
] as const;

/** The shell files that programs are made of; read by the caller, because this folder reads nothing. */
export interface ProgramTexts {
  readonly conversation: string;
  readonly probe: string;
  readonly transaction: string;
  /** The verbs of every kind of resource. */
  readonly kinds: string;
  readonly package: string;
}

/**
 * The program of the second connection: probes again, measures, and gives the verdict; constant bytes. It needs no verbs of
 * a kind: a transaction is taken back by the program that it was made by, which lies beside its backups.
 */
export function verifyProgram(texts: Pick<ProgramTexts, 'conversation' | 'probe' | 'transaction'>): Uint8Array {
  const { conversation, probe, transaction } = texts;
  return new TextEncoder().encode(`${conversation}\n${probe}\n${transaction}\ntsync_settle "$@"\n`);
}
