import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TsyncError } from '#errors/tsync-error.js';
import { serialisePlan } from '#plan/plan-file.js';
import { planKey } from '#store/plan-key.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { writePrivate } from './write-private.js';

/** Throws `usage/unwritable` before any host is contacted: a plan that cannot be kept is not worth the way. */
export async function refuseUnwritable(file: string): Promise<void> {
  try {
    const known = await stat(file).catch(() => null);
    if (known?.isDirectory()) throw new Error('it is a directory');
    await access(known === null ? dirname(file) : file, constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause, 64);
  }
}

/** Writes a plan, sealed with the key of this account. Gives the digest of the file. */
export async function writePlan(file: string, plan: Parameters<typeof serialisePlan>[0]): Promise<string> {
  const key = planKey(storeFolder(process.env, operatorHome(process.env)), { make: true })!;
  const text = serialisePlan(plan, key);
  try {
    await writePrivate(file, text);
  } catch (cause) {
    throw unwritable(file, cause, 1);
  }
  return createHash('sha256').update(text).digest('hex');
}

function unwritable(file: string, cause: unknown, exitCode: 1 | 64): TsyncError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TsyncError('usage/unwritable', `The plan could not be written to ${file}: ${reason}.`, {
    exitCode,
    cause,
  });
}
