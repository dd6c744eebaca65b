import type { Event } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import { eventJsonLine } from './event-json-line.js';
import { junitXml } from './junit-xml.js';
import type { Drawing } from './paint.js';
import { runJson } from './run-json.js';

/** Lays out a run, or what is known of it so far. Pure: the same state and drawing give the same text. */
export type Report = (state: RunState, drawing: Drawing) => string;

/** What one `--format` prints on standard output. */
export interface Format {
  /** Ends the help's phrase `<name> ...`. */
  readonly help: string;
  /** Printed for each event when it happens; null: nothing. */
  readonly onEvent: ((event: Event) => string) | null;
  /** Printed when the run has ended; null: nothing. `command`: each command has a report of its own. */
  readonly atEnd: Report | 'command' | null;
  /** It shows findings, so that a command without findings (guard, clean) does not offer it. */
  readonly needsFindings: boolean;
}

/** The formats of a run. A new one is a file, and its line here. */
export const FORMATS = {
  text: { help: 'for people', onEvent: null, atEnd: 'command', needsFindings: false },
  json: { help: 'as one document at the end', onEvent: null, atEnd: runJson, needsFindings: false },
  jsonl: { help: 'as one event a line when it happens', onEvent: eventJsonLine, atEnd: null, needsFindings: false },
  junit: { help: 'as XML for CI servers', onEvent: null, atEnd: junitXml, needsFindings: true },
} as const satisfies { readonly [name: string]: Format };

export type FormatName = keyof typeof FORMATS;

/** In the order of the table. */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];
