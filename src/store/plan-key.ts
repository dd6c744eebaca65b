import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '#errors/printable.js';
import { TsyncError } from '#errors/tsync-error.js';
import { whoElseMayWrite } from '#transport/trusted-place.js';
import { storeTrouble } from './store-trouble.js';

const BYTES = 32;

/**
 * The key that this account's plan files are sealed with: 32 random bytes in the folder of the store, for its owner only. `make`:
 * where there is none yet, it is made; otherwise null. Throws `TsyncError` `store/...`.
 */
export function planKey(folder: string, { make }: { readonly make: boolean }): Uint8Array | null {
  const file = join(folder, 'plan.key');
  try {
    if (make) makeKey(folder, file);
    const unsafe = whoElseMayWrite(file, 'mine');
    if (unsafe !== null) {
      const detail = `${printable(unsafe.path)}: ${unsafe.reason}.`;
      throw new TsyncError('store/open-to-others', detail, { exitCode: 1 });
    }
    const key = readFileSync(file);
    if (key.length !== BYTES) throw new Error('it is no key of 32 bytes');
    return key;
  } catch (error) {
    if (!make && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw storeTrouble(error, file, make ? 'write' : 'read');
  }
}

/** Whole at once, and only where there is none: two that are started together get the same. */
function makeKey(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(own, randomBytes(BYTES), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(own);
  }
}
