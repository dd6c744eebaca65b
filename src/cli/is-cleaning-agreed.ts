import { TsyncError } from '#errors/tsync-error.js';
import { askYes } from './ask-yes.js';
import type { OutputOptions } from './options.js';
import { isText, print } from './output.js';

/** What goes is shown before it goes; --yes is an agreement already. */
export async function isCleaningAgreed(
  text: string,
  what: string,
  options: OutputOptions & { readonly yes?: boolean },
  signal?: AbortSignal,
): Promise<boolean> {
  if (options.yes) return true;
  if (isText(options)) print(text);
  if (!isText(options) || process.stdin.isTTY !== true)
    throw new TsyncError('usage/no-terminal', 'Without a terminal, clean needs --yes.', { exitCode: 64 });
  return askYes(`\n${what}?`, signal);
}
