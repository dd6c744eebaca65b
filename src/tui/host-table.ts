import { clockText } from '#present/clock-text.js';
import { cellWidth, fitCells } from '#report/cell-width.js';
import type { Outcome } from '#run/outcome.js';
import type { Stage } from '#run/run-state.js';
import { elapsedText } from '#units/seconds.js';
import { drawnText, type Glyphs, glyphsFor } from './glyphs.js';
import type { ListItem } from './host-list.js';
import type { HostRow, Section } from './host-row.js';
import { type Line, type Look, lineWidth, type Span, severityTone, span, type Tone } from './styled-line.js';

/** Widest text of each column in the whole list, so that columns stay where they are while it scrolls. */
export interface ColumnWidths {
  readonly name: number;
  readonly os: number;
  readonly platform: number;
  readonly daemon: number;
  readonly source: number;
}

interface HostTableProps {
  readonly items: readonly ListItem[];
  readonly widths: ColumnWidths;
  readonly width: number;
  readonly look: Look;
  /** Columns of the run (stage, elapsed, progress) instead of those of the review. */
  readonly live: boolean;
  readonly isApproved: (host: string) => boolean;
  /** Seconds since the host's stage began; null when that was not seen. */
  readonly elapsed: (host: string) => number | null;
}

interface HostTable {
  readonly head: Line;
  readonly lines: readonly Line[];
}

export function measureColumns(rows: readonly HostRow[]): ColumnWidths {
  const widest = (field: keyof ColumnWidths, least: number): number =>
    rows.reduce((most, row) => Math.max(most, cellWidth(row[field])), least);
  return {
    name: widest('name', 4),
    os: widest('os', 2),
    platform: widest('platform', 8),
    daemon: widest('daemon', 6),
    source: widest('source', 7),
  };
}

/** Lines of the items given: only those that are seen are to be given. */
export function drawHostTable(props: HostTableProps): HostTable {
  const columns = fitColumns(props.live ? liveColumns(props) : reviewColumns(props), props.width - LEAD);
  const head = [span(' '.repeat(LEAD)), ...columns.map((column) => span(cell(column.title, column), 'dim'))];
  return { head, lines: props.items.map((item) => drawItem(item, columns, props)) };
}

const SECTION_TITLES: { readonly [S in Section]: string } = {
  trouble: 'Needs a person',
  flight: 'In progress',
  next: 'Next',
  change: 'To change',
  finding: 'Findings without a change',
  reading: 'Being read',
  changed: 'Changed and proved',
  left: 'Left as they are',
  'in-sync': 'In sync',
};

/** After a number: `3 to change`. */
export const SECTION_COUNTS: { readonly [S in Section]: string } = {
  trouble: 'need a person',
  flight: 'in progress',
  next: 'next',
  change: 'to change',
  finding: 'with findings only',
  reading: 'being read',
  changed: 'changed',
  left: 'left',
  'in-sync': 'in sync',
};

export const SECTION_TONES: { readonly [S in Section]: Tone } = {
  trouble: 'bad',
  flight: 'accent',
  next: 'dim',
  change: 'warn',
  finding: 'warn',
  reading: 'accent',
  changed: 'good',
  left: 'dim',
  'in-sync': 'good',
};

/** Cells before the first column: cursor, mark, sign. */
const LEAD = 6;

interface Column {
  readonly title: string;
  readonly width: number;
  /** The smallest number goes first when there is no room. */
  readonly keep: number;
  readonly align: 'left' | 'right';
  readonly draw: (row: HostRow) => Span;
}

function reviewColumns({ widths, look }: HostTableProps): readonly Column[] {
  const glyphs = glyphsFor(look.unicode);
  return [
    column('HOST', Math.min(widths.name, 34), 9, (row) => span(row.name, 'strong')),
    column('SYSTEM', Math.min(widths.os, 24), 3, (row) => span(row.os)),
    column('PLATFORM', Math.min(widths.platform, 12), 1, (row) => span(row.platform, 'dim')),
    column('DAEMON', Math.min(widths.daemon, 20), 2, (row) => span(row.daemon)),
    column('FOLLOWS', Math.min(widths.source, 24), 5, (row) =>
      span(row.source, row.source === 'none' ? 'warn' : 'accent'),
    ),
    column('CLOCK', 18, 4, (row) => span(row.clock === null ? '' : drawnText(clockText(row.clock), glyphs)), 'right'),
    column('FINDINGS', 14, 6, (row) => findings(row, glyphs)),
    column('CHANGES', 7, 7, (row) => changes(row, glyphs), 'right'),
  ];
}

function liveColumns({ widths, look, elapsed }: HostTableProps): readonly Column[] {
  const glyphs = glyphsFor(look.unicode);
  const since = (row: HostRow): string => {
    const seconds = elapsed(row.host);
    return seconds === null ? '' : elapsedText(seconds);
  };
  return [
    column('HOST', Math.min(widths.name, 34), 9, (row) => span(row.name, 'strong')),
    column('STATE', 13, 8, (row) => span(row.outcome ?? row.stage, stateOf(row, glyphs).tone)),
    column('SINCE', 7, 5, (row) => span(since(row), 'dim'), 'right'),
    column('CLOCK', 18, 3, (row) => span(row.clock === null ? '' : drawnText(clockText(row.clock), glyphs)), 'right'),
    column('FOLLOWS', Math.min(widths.source, 24), 4, (row) => span(row.source, 'accent')),
    column('STEP', 30, 6, (row) => (row.problem === '' ? span(row.progress) : span(row.problem, 'bad'))),
  ];
}

function column(
  title: string,
  width: number,
  keep: number,
  draw: Column['draw'],
  align: Column['align'] = 'left',
): Column {
  return { title, width: Math.max(width, title.length), keep, draw, align };
}

/** Columns are left out until the rest fits; the last resort is a narrower host name. What is left over goes to the last. */
function fitColumns(columns: readonly Column[], width: number): readonly Column[] {
  let kept = [...columns];
  while (kept.length > 2 && totalWidth(kept) > width) {
    const least = kept.reduce((a, b) => (b.keep < a.keep ? b : a));
    kept = kept.filter((each) => each !== least);
  }
  const over = totalWidth(kept) - width;
  if (over > 0) return kept.map((each, i) => (i === 0 ? { ...each, width: Math.max(8, each.width - over) } : each));
  const last = kept.length - 1;
  return kept.map((each, i) => (i === last && each.title === 'STEP' ? { ...each, width: each.width - over } : each));
}

function totalWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, 0);
}

const GAP = '  ';

function cell(text: string, { width, align }: Column, ellipsis = '…'): string {
  return fitCells(text, width, ellipsis, align) + GAP;
}

function drawItem(item: ListItem, columns: readonly Column[], props: HostTableProps): Line {
  if (item.kind === 'section') return drawSection(item.section, item.count, props);
  const { row } = item;
  const glyphs = glyphsFor(props.look.unicode);
  const lead = [
    span(' '),
    markOf(row, props.isApproved(row.host), glyphs),
    span(' '),
    stateSign(row, glyphs),
    span(' '),
  ];
  if (props.live || row.foldKey !== null) return [...lead, ...columns.map((each) => drawCell(row, each, glyphs))];
  return [...lead, drawCell(row, columns[0]!, glyphs), unread(row)];
}

function drawCell(row: HostRow, each: Column, glyphs: Glyphs): Span {
  const { text, tone } = each.draw(row);
  return span(cell(text, each, glyphs.ellipsis), tone);
}

/** What is said of a host that has no plan: the other columns would be empty. */
function unread(row: HostRow): Span {
  if (row.problem !== '') return span(row.problem, 'bad');
  return row.outcome === null ? span(row.stage, 'dim') : span(row.outcome, 'bad');
}

function drawSection(section: Section, count: number, { width, look }: HostTableProps): Line {
  const title: Line = [span('  '), span(SECTION_TITLES[section], SECTION_TONES[section]), span(` ${count} `, 'dim')];
  return [...title, span(glyphsFor(look.unicode).rule.repeat(Math.max(0, width - lineWidth(title))), 'dim')];
}

function markOf(row: HostRow, approved: boolean, glyphs: Glyphs): Span {
  if (row.digest === null) return span(`${glyphs.none} `);
  return approved ? span(`${glyphs.approved} `, 'good') : span(`${glyphs.open} `, 'dim');
}

function stateSign(row: HostRow, glyphs: Glyphs): Span {
  const { sign, tone } = stateOf(row, glyphs);
  return span(sign, tone);
}

function stateOf(row: HostRow, glyphs: Glyphs): { readonly sign: string; readonly tone: Tone } {
  if (row.outcome !== null) return ofOutcome(row.outcome, row.section === 'finding', glyphs);
  if (row.problem !== '') return { sign: glyphs.bad, tone: 'bad' };
  return ofStage(row.stage, row.section, glyphs);
}

function ofOutcome(outcome: Outcome, stands: boolean, glyphs: Glyphs): { readonly sign: string; readonly tone: Tone } {
  switch (outcome) {
    case 'changed':
      return { sign: glyphs.ok, tone: 'good' };
    case 'in-sync':
      return stands ? { sign: glyphs.severe, tone: 'warn' } : { sign: glyphs.ok, tone: 'good' };
    case 'reverted':
      return { sign: glyphs.back, tone: 'warn' };
    case 'declined':
    case 'skipped':
      return { sign: glyphs.dash, tone: 'dim' };
    case 'drifted':
      return { sign: glyphs.severe, tone: 'warn' };
    default:
      return { sign: glyphs.bad, tone: 'bad' };
  }
}

function ofStage(stage: Stage, section: Section, glyphs: Glyphs): { readonly sign: string; readonly tone: Tone } {
  switch (stage) {
    case 'waiting':
    case 'approved':
      return { sign: glyphs.waiting, tone: 'dim' };
    case 'connecting':
      return { sign: glyphs.connecting, tone: 'accent' };
    case 'probing':
    case 'applying':
    case 'verifying':
      return { sign: glyphs.working, tone: 'accent' };
    default:
      return section === 'in-sync' ? { sign: glyphs.ok, tone: 'good' } : { sign: glyphs.severe, tone: 'warn' };
  }
}

/** `critical 3`, with `?` for each that could not be judged: unknown is not fine. */
function findings(row: HostRow, glyphs: Glyphs): Span {
  if (row.worst === null) return span(glyphs.ok, 'good');
  const unknown = row.unknownFindings > 0 ? ` ${row.unknownFindings}${glyphs.unknown}` : '';
  const tone = row.worst === 'info' ? 'dim' : severityTone(row.worst);
  return span(`${row.worst} ${row.openFindings}${unknown}`, tone);
}

function changes(row: HostRow, glyphs: Glyphs): Span {
  return row.changes === 0 ? span(glyphs.dash, 'dim') : span(String(row.changes), 'warn');
}
