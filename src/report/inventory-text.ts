import { printable } from '#errors/printable.js';
import { padCells } from './cell-width.js';
import { countOf } from './host-names.js';
import { type Drawing, paint } from './paint.js';

/** One host of an inventory, as `tsync inventory` lists it. */
export interface ListedHost {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly strategy: string;
}

/** A line a host: name, login, groups, strategy; then the hosts that no play names. */
export function inventoryText(hosts: readonly ListedHost[], withoutPlay: readonly string[], drawing: Drawing): string {
  const rows = hosts.map(({ host, user, address, port, strategy, groups }) => [
    printable(host),
    printable(`${user === null ? '' : `${user}@`}${address}${port === 22 ? '' : `:${port}`}`),
    strategy,
    printable(groups.filter((group) => group !== 'all').join(', ')),
  ]);
  const titles = ['HOST', 'LOGIN', 'STRATEGY', 'GROUPS'];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => padCells(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rest =
    withoutPlay.length === 0
      ? []
      : [
          '',
          `${countOf(withoutPlay.length, 'host')} in no play: ${withoutPlay.map((name) => printable(name)).join(', ')}`,
        ];
  return [paint(line(titles), 'dim', drawing), ...rows.map(line), ...rest].join('\n');
}
