import { printable } from '#errors/printable.js';
import { groupBy } from '#present/group-by.js';
import type { HostState } from '#run/run-state.js';
import { cellWidth, padCells } from './cell-width.js';
import { offsets, sourceOf } from './host-groups.js';
import { countOf, hostNames } from './host-names.js';
import { type Drawing, paint } from './paint.js';

/** A small table of hosts by what their clocks follow: source, daemon, offsets, names; the largest group first. */
export function inSyncLines(title: string, hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  if (hosts.length === 0) return [];
  const groups = groupBy(hosts, (host) => `${sourceOf(host)}\n${daemonOf(host)}`);
  const sorted = [...groups].sort((a, b) => b.length - a.length);
  const rest = sorted.slice(MOST_GROUPS);
  const rows = sorted.slice(0, MOST_GROUPS).map((group) => ({
    cells: [sourceOf(group[0]), daemonOf(group[0]), offsets(group)],
    names: group.map(({ host }) => host),
  }));
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => cellWidth(row.cells[column] ?? ''))));
  return [
    '',
    paint(`${title}: ${countOf(hosts.length, 'host')}`, 'green', drawing),
    ...rows.map((row) => rowLine(row, widths, drawing)),
    ...(rest.length === 0
      ? []
      : [`  and ${countOf(rest.flat().length, 'host')} that follow ${rest.length} other sources`]),
  ];
}

function rowLine(
  row: { readonly cells: readonly string[]; readonly names: readonly string[] },
  widths: readonly number[],
  drawing: Drawing,
): string {
  const cells = row.cells.map((cell, column) => padCells(cell, widths[column] ?? 0)).join('  ');
  const count = row.names.length === 1 ? '' : `${row.names.length}: `;
  const room = drawing.width - cellWidth(cells) - count.length - 4;
  return `  ${cells}  ${count}${hostNames(row.names, Math.max(20, room))}`;
}

function daemonOf(host: HostState): string {
  return printable(host.summary?.daemon ?? '');
}

const MOST_GROUPS = 20;
