import { open } from 'node:fs/promises';
import { printable } from '#errors/printable.js';
import type { ProblemCode } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import { whoElseMayWrite } from '#transport/trusted-place.js';

const MAX_BYTES = 64 * 1024 * 1024;

/** How a file that a person wrote is named in messages. */
export function sourceName(path: string): string {
  return path === '-' ? '<stdin>' : path;
}

/**
 * The text of a file, or of standard input for `-`. Throws `TsyncError` 65: missing, unreadable, a directory, not UTF-8, larger than
 * 64 MiB, or writable by everybody. Pipes and `/dev/fd/N` are read as they come.
 */
export async function readText(path: string): Promise<string> {
  const name = sourceName(path);
  const bytes = path === '-' ? await collect(process.stdin, name) : await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw mistake('source/not-text', `${name} has bytes that are no UTF-8.`, cause);
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  refuseOpen(path);
  try {
    await using file = await open(path, 'r');
    if ((await file.stat()).isDirectory()) throw mistake('source/not-a-file', `${path} is a directory.`);
    return await collect(file.createReadStream({ autoClose: false }), path);
  } catch (error) {
    throw error instanceof TsyncError ? error : explained(path, error);
  }
}

/** What tsync is to obey is not taken from where everybody could put it. A group that may write it is the operator's choice. */
export function refuseOpen(path: string): void {
  const unsafe = whoElseMayWrite(path, 'limited');
  if (unsafe === null) return;
  throw mistake(
    'source/open-to-others',
    `${printable(path)} is not read: ${printable(unsafe.path)}: ${unsafe.reason}.`,
  );
}

async function collect(stream: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > MAX_BYTES) throw mistake('source/too-large', `${name} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function explained(path: string, cause: unknown): TsyncError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return mistake('source/missing', `There is no file ${path}.`, cause);
  if (code === 'EISDIR') return mistake('source/not-a-file', `${path} is a directory.`, cause);
  return mistake(
    'source/unreadable',
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    cause,
  );
}

function mistake(code: ProblemCode, detail: string, cause?: unknown): TsyncError {
  return new TsyncError(code, detail, { exitCode: 65, cause });
}
