import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file that its owner alone may read, whatever the umask and whatever was there: a new file, put in the place of the old one,
 * so that nobody who has that open reads this. What is no plain file (a pipe, a terminal, a link such as /dev/stdout) is written
 * through, and where that leads to a file of this account, the file is made private first.
 */
export async function writePrivate(file: string, text: string): Promise<void> {
  const known = await lstat(file).catch(() => null);
  if (known === null || known.isFile()) await replace(file, text);
  else await writeThrough(file, text);
}

async function replace(file: string, text: string): Promise<void> {
  const own = join(dirname(file), `.tsync-${randomBytes(6).toString('hex')}`);
  const handle = await open(own, 'wx', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(own, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await unlink(own).catch(() => {});
    throw error;
  }
}

async function writeThrough(file: string, text: string): Promise<void> {
  await using handle = await open(file, constants.O_WRONLY);
  const stat = await handle.stat();
  if (stat.isFile()) {
    if (stat.uid !== process.geteuid?.()) throw new Error('it is a link to a file of another account');
    await handle.chmod(0o600);
    await handle.truncate();
  }
  await handle.writeFile(text);
}
