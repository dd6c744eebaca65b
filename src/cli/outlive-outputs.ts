import { printable } from '#errors/printable.js';

/**
 * Lets the process go on when standard output or standard error cannot be written any more: by default Node ends it, in the middle
 * of a change too. A reader who went away (`tsync run ... 2>&1 | head`, a terminal that was closed) is no failure. Data that could
 * not be written (a full disk) is said once, on standard error. Gives whether that happened.
 */
export function outliveOutputs(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): () => boolean {
  let isDataLost = false;
  stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isDataLost || READER_GONE.has(error.code ?? '')) return;
    isDataLost = true;
    // for what is written when all else is done
    process.exitCode = 1;
    stderr.write(`error: standard output could not be written: ${printable(error.message)}\n`);
  });
  return () => isDataLost;
}

const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);
