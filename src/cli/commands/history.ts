import { historyText } from '#report/history-text.js';
import { withStore } from '../find-run.js';
import { lookOf, print } from '../output.js';

/** `tsync history`: the runs that are kept here, newest first. */
export function history(options: { readonly json?: boolean; readonly number: number }): number {
  const runs = withStore((store) => store.runs({ limit: options.number }));
  print(options.json ? JSON.stringify({ schemaVersion: 1, runs }, null, 2) : historyText(runs, lookOf(process.stdout)));
  return 0;
}
