import { createInterface } from 'node:readline/promises';

/**
 * Asks on the terminal; anything but y or yes is no, and so are Ctrl-C and an abort. False without a terminal: silence agrees to
 * nothing.
 */
export async function askYes(question: string, signal?: AbortSignal): Promise<boolean> {
  const { stdin, stdout, stderr } = process;
  if (stdin.isTTY !== true || stdout.isTTY !== true) return false;
  const lines = createInterface({ input: stdin, output: stderr });
  const refused = new AbortController();
  const refuse = () => refused.abort();
  // Ctrl-C and the end of the input, for which readline leaves the question open for ever.
  lines.once('SIGINT', refuse).once('close', refuse);
  signal?.addEventListener('abort', refuse, { once: true });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: refused.signal })).trim());
  } catch (error) {
    if (refused.signal.aborted) return false;
    throw error;
  } finally {
    signal?.removeEventListener('abort', refuse);
    lines.close();
  }
}
