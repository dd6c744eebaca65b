import { FORMATS } from '#report/formats.js';
import { showText } from '#report/show-text.js';
import type { Event } from '#run/event.js';
import { eventsOf, findRun } from '../find-run.js';
import { formatOf, type OutputOptions } from '../options.js';
import { printAll, printEnd } from '../output.js';

/** `tsync show RUN`: what a run saw and did, from its stored events. */
export async function show(name: string, options: OutputOptions): Promise<number> {
  const { onEvent } = FORMATS[formatOf(options)];
  if (onEvent === null) printEnd(findRun(name), options, showText);
  else await printAll(linesOf(eventsOf(name), onEvent));
  return 0;
}

function* linesOf(events: Iterable<Event>, toLine: (event: Event) => string): Iterable<string> {
  for (const event of events) yield toLine(event);
}
