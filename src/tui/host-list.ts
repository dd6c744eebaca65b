import { worstRank } from '#present/findings.js';
import { attention, type HostRow, SECTIONS, type Section } from './host-row.js';

export const SORTS = ['attention', 'name', 'findings', 'offset', 'changes'] as const;
export type Sort = (typeof SORTS)[number];

/** A line of the list: the title of a section, or a host. */
export type ListItem =
  | { readonly kind: 'section'; readonly section: Section; readonly count: number }
  | { readonly kind: 'host'; readonly row: HostRow };

/** Rows that hold every word of the filter; a word after `!` must be missing. */
export function filterRows(rows: readonly HostRow[], filter: string): readonly HostRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  if (words.length === 0) return rows;
  return rows.filter(({ text }) => words.every((word) => matches(text, word)));
}

/** Sorted, and with section titles where the order is by attention. Equal hosts keep the inventory's order. */
export function listHosts(rows: readonly HostRow[], sort: Sort): readonly ListItem[] {
  if (sort === 'attention') return bySection(rows);
  return sortRows(rows, sort).map(hostItem);
}

function bySection(rows: readonly HostRow[]): readonly ListItem[] {
  const parts = Map.groupBy(rows, ({ section }) => section);
  return SECTIONS.flatMap((section) => {
    const part = parts.get(section);
    if (part === undefined) return [];
    return [{ kind: 'section' as const, section, count: part.length }, ...by(part, attention).map(hostItem)];
  });
}

function sortRows(rows: readonly HostRow[], sort: Exclude<Sort, 'attention'>): readonly HostRow[] {
  switch (sort) {
    case 'name':
      return rows.toSorted((a, b) => names.compare(a.name, b.name));
    case 'findings':
      return by(rows, (row) => -worstRank(row.worst) * 1e5 - row.openFindings);
    case 'offset':
      return by(rows, (row) => (row.clock === null ? Infinity : -Math.abs(row.clock.offsetSeconds)));
    case 'changes':
      return by(rows, (row) => -row.changes);
  }
}

const names = new Intl.Collator('en', { numeric: true });

function by(rows: readonly HostRow[], key: (row: HostRow) => number): readonly HostRow[] {
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  return keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ row }) => row);
}

function hostItem(row: HostRow): ListItem {
  return { kind: 'host', row };
}

function matches(text: string, word: string): boolean {
  return word.startsWith('!') ? !text.includes(word.slice(1)) : text.includes(word);
}
