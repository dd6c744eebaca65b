import { printable } from '#errors/printable.js';
import type { Action, Change, States } from '#resources/resource.js';
import { cksum } from './cksum.js';
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
  const library = [texts.conversation, texts.transaction, texts.file, texts.service, texts.moduleParameter].join('\n');
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

type Part = string | Uint8Array;

function changeCall(change: Change): Part[] {
  const restart = change.kind === 'file' && change.restart !== undefined ? ` ${quoted(change.restart)}` : '';
  const because = `  because ${quoted(printable(change.because))}${restart}\n`;
  switch (change.kind) {
    case 'file':
      return [
        because,
        `  change_file ${quoted(change.name)} \\\n    ${fileState(change.before)} \\\n    ${fileState(change.after)} \\\n    `,
        ...quotedBytes(change.after?.bytes ?? new Uint8Array()),
        '\n',
      ];
    case 'service':
      return [
        because,
        `  change_service ${quoted(change.name)} \\\n    ${serviceState(change.before)} \\\n    ${serviceState(change.after)}\n`,
      ];
    case 'module-parameter': {
      const [module, ...name] = change.name.split('.');
      const states = `${parameterState(change.before)} ${parameterState(change.after)}`;
      return [because, `  change_parameter ${quoted(module ?? '')} ${quoted(name.join('.'))} ${states}\n`];
    }
  }
}

/** Five words: mode as `stat` prints it, owner, group, length in bytes, `cksum`. */
function fileState(state: States['file']): string {
  if (state === null) return 'absent - - - -';
  const mode = Number.parseInt(state.mode, 8).toString(8);
  return `${mode} ${quoted(state.owner)} ${quoted(state.group)} ${state.bytes.length} ${cksum(state.bytes)}`;
}

function serviceState(state: States['service']): string {
  const { active, masked, links } = state ?? { active: false, masked: false, links: [] };
  return `${active ? 'active' : 'inactive'} ${masked ? 'masked' : 'unmasked'} ${quoted(links.join('\n'))}`;
}

function parameterState(state: States['module-parameter']): string {
  return state === null ? 'absent' : quoted(`=${state.value}`);
}

/** As one word of the shell: as it is when harmless, else in single quotes. */
export function quoted(text: string): string {
  if (text.includes('\0')) throw new Error('a shell program cannot hold NUL');
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const QUOTE = "'".charCodeAt(0);

function quotedBytes(bytes: Uint8Array): Part[] {
  if (bytes.includes(0)) throw new Error('a shell program cannot hold NUL');
  const parts: Part[] = ["'"];
  let from = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, from)) {
    parts.push(bytes.subarray(from, at), "'\\''");
    from = at + 1;
  }
  return [...parts, bytes.subarray(from), "'"];
}

/** Texts and bytes after each other, as bytes. */
export function joined(parts: readonly Part[]): Uint8Array {
  const encoder = new TextEncoder();
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
