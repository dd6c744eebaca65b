import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import { FORMATS, type Report } from '#report/formats.js';
import type { Drawing } from '#report/paint.js';
import { progressLine } from '#report/progress-line.js';
import type { Event } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import type { OpenRun } from './open-run.js';
import { formatOf, type OutputOptions } from './options.js';

/** Colours only for a terminal, unless NO_COLOR or FORCE_COLOR say otherwise (no-color.org, force-color.org). */
export function lookOf(stream: NodeJS.WriteStream): Drawing {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const color = forced || (!NO_COLOR && FORCE_COLOR !== '0' && TERM !== 'dumb' && stream.isTTY === true);
  // 0 where a terminal has not been given a size
  return { color, width: stream.columns || 100 };
}

/** True when texts for people are wanted. */
export function isText(options: OutputOptions): boolean {
  return formatOf(options) === 'text';
}

/**
 * Data goes to standard output, the rest to standard error: events as they happen, by the options. That a signal was heard is
 * always said.
 */
export function followEvents(run: OpenRun, options: OutputOptions): () => void {
  const isForPeople = isText(options);
  const { onEvent } = FORMATS[formatOf(options)];
  return run.subscribe((event: Event) => {
    if (onEvent !== null) print(onEvent(event));
    const line = isForPeople || URGENT.has(event.type) ? progressLine(event, run.state()) : null;
    if (line !== null) process.stderr.write(`${line}\n`);
  });
}

const URGENT: ReadonlySet<Event['type']> = new Set(['run-interrupted', 'store-failed']);

/**
 * The end of a run on standard output in the format of the options; `text` is the command's own report. A record that is not
 * complete is said last, on standard error.
 */
export function printEnd(state: RunState, options: OutputOptions, text: Report): void {
  const { atEnd } = FORMATS[formatOf(options)];
  const report = atEnd === 'command' ? text : atEnd;
  if (report !== null) print(report(state, lookOf(process.stdout)));
  if (state.storeProblem !== null) process.stderr.write(`${storeText(state.storeProblem)}\n`);
}

/** What a command tells that is no run, on standard output: `text` for people, else `document` as JSON. */
export function printDocument(options: OutputOptions, document: object, text: (drawing: Drawing) => string): void {
  const json = () => JSON.stringify({ schemaVersion: 1, ...document }, null, 2);
  print(isText(options) ? text(lookOf(process.stdout)) : json());
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
