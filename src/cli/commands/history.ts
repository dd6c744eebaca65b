import { historyText } from '#report/history-text.js';
import { withStore } from '../find-run.js';
import type { OutputOptions } from '../options.js';
import { printDocument } from '../output.js';

/** `tsync history`: the runs that are kept here, newest first. */
export function history(options: OutputOptions & { readonly number: number }): number {
  const runs = withStore((store) => store.runs({ limit: options.number }));
  printDocument(options, { runs }, (drawing) => historyText(runs, drawing));
  return 0;
}
