import { printable } from '#errors/printable.js';
import type { HostTransaction } from '#facts/facts.js';
import { hasUnknownGuard } from '#run/exit-code.js';
import { openTransactions, type Placed } from '#run/open-transactions.js';
import type { RunState } from '#run/run-state.js';
import { foundLines } from './found-lines.js';
import { countOf } from './host-names.js';
import { type Drawing, paint } from './paint.js';
import { tableLines } from './table.js';
import { troubleLines } from './trouble-lines.js';

/** The open transactions of a fleet: whose, since when, and what their guards will do; then the hosts nothing is known of. */
export function transactionsText(state: RunState, drawing: Drawing): string {
  const placed = openTransactions(state);
  const hosts = [...state.hosts.values()];
  const ended = (outcome: string) => hosts.filter((host) => host.outcome === outcome);
  const known = hosts.filter(({ transactions }) => transactions !== null).length;
  const head =
    placed.length === 0
      ? `No open transaction on ${known} of ${countOf(hosts.length, 'host')}.`
      : `${countOf(placed.length, 'open transaction')} on ${countOf(new Set(placed.map(({ host }) => host)).size, 'host')}; ${known} of ${countOf(hosts.length, 'host')} answered.`;
  const [title = '', ...rows] = tableLines([HEAD, ...placed.map(cells)]);
  const table = placed.length === 0 ? [] : ['', paint(title, 'dim', drawing), ...rows];
  return `${[
    paint(head, placed.length === 0 && known === hosts.length ? 'green' : 'yellow', drawing),
    ...table,
    ...foundLines(hosts, drawing),
    ...troubleLines('Look at these hosts', 'red', hosts.filter(hasUnknownGuard), drawing),
    ...troubleLines('Not done', 'red', ended('failed'), drawing),
    ...troubleLines('Unreachable, so nothing is known of them', 'red', ended('unreachable'), drawing),
  ].join('\n')}\n`;
}

/** What becomes of a transaction by itself, in words. */
export function guardText({ state, guard }: HostTransaction): string {
  if (state === 'lost' && guard.state === 'none') return 'none, and its state is lost: take it back';
  if (state === 'failed') return 'its undo failed: look at the host';
  if (state === 'reverting') return 'being taken back';
  switch (guard.state) {
    case 'armed':
      return guard.leftSeconds === null ? 'armed' : `reverts in ${guard.leftSeconds} s`;
    case 'due':
      return 'reverts now';
    case 'none':
      return 'none: nobody takes it back';
    case 'unknown':
      return 'unknown';
  }
}

const HEAD = ['HOST', 'STATE', 'GUARD', 'SINCE (UTC)', 'BY', 'TRANSACTION'];

function cells({ host, transaction }: Placed): readonly string[] {
  const { id, state, who, startedAt } = transaction;
  const since = startedAt.slice(0, 19).replace('T', ' ');
  return [host, state, guardText(transaction), since, who, id].map((cell) => printable(cell));
}
