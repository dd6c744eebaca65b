import { printable } from '#errors/printable.js';
import type { PlanGroup } from '#present/plan-groups.js';
import { fitCells } from '#report/cell-width.js';
import { secondsText } from '#units/seconds.js';
import { glyphsFor } from './glyphs.js';
import { type Line, type Look, type Span, severityTone, span } from './styled-line.js';

interface GroupTableProps {
  readonly groups: readonly PlanGroup[];
  readonly width: number;
  readonly look: Look;
  /** How many of the group's hosts are marked. */
  readonly approved: (group: PlanGroup) => number;
}

interface GroupTable {
  readonly head: Line;
  readonly lines: readonly Line[];
}

/** One line a group of equal plans. */
export function drawGroupTable(props: GroupTableProps): GroupTable {
  const wide = props.width >= WIDE;
  const head = `      ${'HOSTS'.padStart(6)}  ${'MARKED'.padStart(6)}  ${wide ? 'WORST     COST            ' : ''}CHANGES`;
  return { head: [span(head, 'dim')], lines: props.groups.map((group) => drawGroup(group, props, wide)) };
}

const WIDE = 70;

function drawGroup(group: PlanGroup, { look, width, approved }: GroupTableProps, wide: boolean): Line {
  const glyphs = glyphsFor(look.unicode);
  const count = approved(group);
  const lead: readonly Span[] = [
    span('    '),
    markSpan(count, group.hosts.length, look),
    span(` ${String(group.hosts.length).padStart(6)}  `, 'strong'),
    span(`${String(count).padStart(6)}  `, count > 0 ? 'good' : 'dim'),
  ];
  const middle = wide
    ? [worst(group), span(`${fitCells(costText(group), 14, glyphs.ellipsis)}  `, group.mayStep ? 'warn' : 'dim')]
    : [];
  const room = Math.max(8, width - (wide ? 48 : 22));
  const names = `  ${printable(group.hosts.slice(0, 4).join(', '))}`;
  const title = fitCells(group.title, Math.min(room, 40), glyphs.ellipsis);
  const rest = room - 40;
  return [...lead, ...middle, span(title), ...(rest > 10 ? [span(fitCells(names, rest, glyphs.ellipsis), 'dim')] : [])];
}

function markSpan(count: number, total: number, look: Look): Span {
  const glyphs = glyphsFor(look.unicode);
  if (count === 0) return span(glyphs.open, 'dim');
  return count === total ? span(glyphs.approved, 'good') : span(glyphs.part, 'warn');
}

function worst({ worst: severity }: PlanGroup): Span {
  return severity === null ? span(' '.repeat(10)) : span(severity.padEnd(10), severityTone(severity));
}

function costText({ withoutSyncSeconds, mayStep }: PlanGroup): string {
  const seconds = withoutSyncSeconds > 0 ? secondsText(withoutSyncSeconds) : 'none';
  return mayStep ? `${seconds}, may step` : seconds;
}
