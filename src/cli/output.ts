import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
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

/**
 * Data goes to standard output, the rest to standard error: events as they happen, by the options. That a signal was heard is
 * always said.
 */
export function followEvents(run: OpenRun, options: OutputOptions): () => void {
  const isForPeople = isText(options);
  return run.subscribe((event: Event) => {
    if (options.jsonl) print(eventJsonLine(event));
    const line = isForPeople || URGENT.has(event.type) ? progressLine(event, run.state()) : null;
    if (line !== null) process.stderr.write(`${line}\n`);
  });
}

const URGENT: ReadonlySet<Event['type']> = new Set(['run-interrupted', 'store-failed']);

/**
 * The end of a run on standard output: one JSON document, or the text. With --jsonl every event was printed already. A record
 * that is not complete is said last, on standard error.
 */
export function printEnd(state: RunState, options: OutputOptions, text: (look: Look) => string): void {
  if (options.json) print(runJson(state));
  else if (!options.jsonl) print(text(lookOf(process.stdout)));
  if (state.storeProblem !== null) process.stderr.write(`${storeText(state.storeProblem)}\n`);
}

function storeText({ summary, detail, hint }: Problem): string {
  const lines = [`error: ${summary}`, detail, 'What happened since is not in the record of this run.', `hint: ${hint}`];
  return lines.map((line) => printable(line)).join('\n');
}

/**
 * Lines of data of any number: the next is made only when the reader has taken those before it. Ends early where the reader has gone.
 */
export async function printAll(texts: Iterable<string>, stdout: NodeJS.WriteStream = process.stdout): Promise<void> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await taken(chunk, stdout);
    chunk = '';
    if (stdout.destroyed) return;
  }
  if (chunk !== '') await taken(chunk, stdout);
}

/** One write for many lines: Node fails where a million of them wait at once. */
const CHUNK_CHARACTERS = 65_536;

function taken(chunk: string, stdout: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stdout.destroyed || stdout.write(chunk)) return resolve();
    const done = () => {
      for (const event of ENDS) stdout.off(event, done);
      resolve();
    };
    for (const event of ENDS) stdout.on(event, done);
  });
}

const ENDS = ['drain', 'close', 'error'] as const;

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
