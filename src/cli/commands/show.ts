import { eventJsonLine } from '#report/event-json-line.js';
import { runJson } from '#report/run-json.js';
import { showText } from '#report/show-text.js';
import type { Event } from '#run/event.js';
import { eventsOf, findRun } from '../find-run.js';
import { lookOf, print, printAll } from '../output.js';

/** `tsync show RUN`: what a run saw and did, from its stored events. */
export async function show(
  name: string,
  options: { readonly json?: boolean; readonly jsonl?: boolean },
): Promise<number> {
  if (options.jsonl) await printAll(jsonLines(eventsOf(name)));
  else if (options.json) print(runJson(findRun(name)));
  else print(showText(findRun(name), lookOf(process.stdout)));
  return 0;
}

function* jsonLines(events: Iterable<Event>): Iterable<string> {
  for (const event of events) yield eventJsonLine(event);
}
