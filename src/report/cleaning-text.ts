import { printable } from '#errors/printable.js';
import type { HostTransaction } from '#facts/facts.js';
import { hasUnknownGuard } from '#run/exit-code.js';
import type { RunState } from '#run/run-state.js';
import { countOf } from './host-names.js';
import { type Drawing, paint } from './paint.js';
import { tableLines } from './table.js';
import { troubleLines } from './trouble-lines.js';

/** Finished transactions of one host that may go. */
export interface Surplus {
  readonly host: string;
  readonly transactions: readonly HostTransaction[];
}

/** What would go from each host, or, when nothing is left to go, what was done; then the hosts where it could not be. */
export function cleaningText(state: RunState, surplus: readonly Surplus[], drawing: Drawing): string {
  const hosts = [...state.hosts.values()];
  const ended = (outcome: string) => hosts.filter((host) => host.outcome === outcome);
  const rows = surplus.flatMap(({ host, transactions }) =>
    transactions.map(({ id, state: how, who, startedAt }) =>
      [host, how, startedAt.slice(0, 19).replace('T', ' '), who, id].map((cell) => printable(cell)),
    ),
  );
  const [title = '', ...lines] = tableLines([HEAD, ...rows]);
  const cleaned = ended('changed').length;
  const head =
    rows.length > 0
      ? `${countOf(rows.length, 'finished transaction')} on ${countOf(surplus.length, 'host')} may go:`
      : `Cleaned: ${countOf(cleaned, 'host')}. Nothing to clean away: ${countOf(ended('in-sync').length, 'host')}.`;
  return `${[
    head,
    ...(rows.length > 0 ? ['', paint(title, 'dim', drawing), ...lines] : []),
    ...troubleLines('Look at these hosts', 'red', hosts.filter(hasUnknownGuard), drawing),
    ...troubleLines('Not cleaned', 'red', ended('failed'), drawing),
    ...troubleLines('Unreachable', 'red', ended('unreachable'), drawing),
  ].join('\n')}\n`;
}

const HEAD = ['HOST', 'STATE', 'SINCE (UTC)', 'BY', 'TRANSACTION'];
