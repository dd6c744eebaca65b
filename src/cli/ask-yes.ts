import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; anything but y or yes is no. False without a terminal: silence agrees to nothing. */
export async function askYes(question: string): Promise<boolean> {
  const { stdin, stdout, stderr } = process;
  if (stdin.isTTY !== true || stdout.isTTY !== true) return false;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
