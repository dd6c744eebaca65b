/** The shell files that programs are made of; read by the caller, because this folder reads nothing. */
export interface ProgramTexts {
  readonly conversation: string;
  readonly probe: string;
  readonly transaction: string;
  readonly bootHook: string;
  readonly file: string;
  readonly service: string;
  readonly moduleParameter: string;
  readonly package: string;
}

/**
 * The program of the second connection: probes again, measures, and gives the verdict; constant bytes. It needs no verbs of
 * a kind: a transaction is taken back by the program that it was made by, which lies beside its backups.
 */
export function settleProgram(
  texts: Pick<ProgramTexts, 'conversation' | 'probe' | 'transaction' | 'bootHook'>,
): Uint8Array {
  const { conversation, probe, transaction, bootHook } = texts;
  return new TextEncoder().encode(`${conversation}\n${probe}\n${transaction}\n${bootHook}\ntsync_settle "$@"\n`);
}
