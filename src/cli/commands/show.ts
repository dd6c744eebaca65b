import { eventJsonLine } from '#report/event-json-line.js';
import { runJson } from '#report/run-json.js';
import { showText } from '#report/show-text.js';
import { eventsOf, findRun } from '../find-run.js';
import { lookOf, print } from '../output.js';

/** `tsync show RUN`: what a run saw and did, from its stored events. */
export function show(name: string, options: { readonly json?: boolean; readonly jsonl?: boolean }): number {
  if (options.jsonl) for (const event of eventsOf(name)) print(eventJsonLine(event));
  else if (options.json) print(runJson(findRun(name)));
  else print(showText(findRun(name), lookOf(process.stdout)));
  return 0;
}
