import { eventJsonLine } from '#report/event-json-line.js';
import { progressLine } from '#report/progress-line.js';
import { runJson } from '#report/run-json.js';
import type { Event } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import type { OpenRun } from './open-run.js';
import type { OutputOptions } from './options.js';

/** How text is laid out on the stream it goes to. */
export interface Look {
  readonly color: boolean;
  readonly width: number;
}

/** Colours only for a terminal, unless NO_COLOR or FORCE_COLOR say otherwise (no-color.org, force-color.org). */
export function lookOf(stream: NodeJS.WriteStream): Look {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const color = forced || (!NO_COLOR && FORCE_COLOR !== '0' && TERM !== 'dumb' && stream.isTTY === true);
  // 0 where a terminal has not been given a size
  return { color, width: stream.columns || 100 };
}

/** True when texts for people are wanted: neither --json nor --jsonl. */
export function isText(options: OutputOptions): boolean {
  return !options.json && !options.jsonl;
}

/** Data goes to standard output, the rest to standard error: events as they happen, by the options. */
export function followEvents(run: OpenRun, options: OutputOptions): () => void {
  if (options.json) return () => undefined;
  if (options.jsonl) return run.subscribe((event) => print(eventJsonLine(event)));
  return run.subscribe((event: Event) => {
    const line = progressLine(event, run.state());
    if (line !== null) process.stderr.write(`${line}\n`);
  });
}

/** The end of a run on standard output: one JSON document, or the text. With --jsonl every event was printed already. */
export function printEnd(state: RunState, options: OutputOptions, text: (look: Look) => string): void {
  if (options.json) print(runJson(state));
  else if (!options.jsonl) print(text(lookOf(process.stdout)));
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
