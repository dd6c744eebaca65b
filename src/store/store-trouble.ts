import { printable } from '#errors/printable.js';
import type { ProblemCode } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';

export type Access = 'read' | 'write';

/** What the file system or SQLite refused, as an error that says what, where and what to do. Passes on a `TsyncError`. */
export function storeTrouble(cause: unknown, file: string, access: Access): TsyncError {
  if (cause instanceof TsyncError) return cause;
  const code = codeOf(cause, access);
  return new TsyncError(code, `${printable(file)}: ${said(cause)}.`, { exitCode: 1, cause });
}

function codeOf(cause: unknown, access: Access): ProblemCode {
  const { errcode, code } = cause as { readonly errcode?: unknown; readonly code?: unknown };
  if (errcode === SHARED_MEMORY_FULL) return 'store/full';
  if (typeof errcode === 'number') return SQLITE[errcode & 0xff] ?? denied(access);
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'store/full';
  return denied(access);
}

function denied(access: Access): ProblemCode {
  return access === 'read' ? 'store/not-readable' : 'store/not-writable';
}

/** SQLITE_IOERR_SHMSIZE: there is no room for the 32 KiB of tsync.db-shm (tried on a full tmpfs). */
const SHARED_MEMORY_FULL = 10 | (19 << 8);

/** By primary result code, https://www.sqlite.org/rescode.html; the rest says that the file cannot be used. */
const SQLITE: { readonly [code: number]: ProblemCode } = {
  1: 'internal/bug',
  5: 'store/busy',
  6: 'store/busy',
  11: 'store/corrupt',
  13: 'store/full',
  19: 'internal/bug',
  21: 'internal/bug',
  26: 'store/corrupt',
};

function said(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return printable(message).replace(/\.$/, '');
}
