import { printable } from '#errors/printable.js';
import type { RunRecord } from '#run/run-record.js';
import { countOf } from './host-names.js';
import { type Drawing, paint } from './paint.js';
import { tableLines } from './table.js';

/** The runs as a table, in the order given. Times are UTC. */
export function historyText(runs: readonly RunRecord[], drawing: Drawing): string {
  if (runs.length === 0) return 'No run is stored yet.\n';
  const [head = '', ...rows] = tableLines([HEAD, ...runs.map(cells)]);
  return `${[paint(head, 'dim', drawing), ...rows].join('\n')}\n`;
}

/** What an exit code means, in the words of docs/reference/exit-codes.md. */
export function exitCodeText(exitCode: number): string {
  return EXIT_CODES[exitCode] ?? `code ${exitCode}`;
}

const HEAD = ['RUN', 'STARTED (UTC)', 'WHAT', 'HOSTS', 'BEGUN ON', 'ENDED', 'BY', 'INVENTORY'];

function cells(record: RunRecord): readonly string[] {
  return [
    record.run,
    record.startedAt.slice(0, 19).replace('T', ' '),
    record.of === null ? record.kind : `${record.kind} of ${record.of}`,
    String(record.hosts),
    record.touched === 0 ? '-' : countOf(record.touched, 'host'),
    endText(record),
    record.who,
    record.inventory,
  ].map((cell) => printable(cell));
}

function endText({ end }: RunRecord): string {
  return end.state === 'finished' ? `${end.exitCode} ${exitCodeText(end.exitCode)}` : end.state;
}

const EXIT_CODES: { readonly [code: number]: string } = {
  0: 'done',
  1: 'tsync failed',
  2: 'differences',
  3: 'hosts failed',
  4: 'unreachable',
  5: 'reverted',
  6: 'look at a guard',
  130: 'stopped',
};
