import { printable } from '#errors/printable.js';
import type { RunState } from '#run/run-state.js';
import { elapsedText } from '#units/seconds.js';
import { approvedHosts } from './approvals.js';
import { type Glyphs, glyphsFor } from './glyphs.js';
import type { Section } from './host-row.js';
import { SECTION_COUNTS, SECTION_TONES } from './host-table.js';
import type { Phase } from './phase.js';
import type { Scene } from './scene.js';
import { type Line, type Look, lineWidth, type Span, span, spread } from './styled-line.js';
import { cursorIndex, tabOf, tabsOf, type View } from './view-state.js';

export interface ScreenHeaderProps {
  readonly state: RunState;
  readonly scene: Scene;
  readonly view: View;
  readonly width: number;
  readonly look: Look;
  /** Milliseconds of Unix time. */
  readonly nowMs: number;
}

/** ` tsync  run  inventory.yaml            reading 3 of 14  12s` */
export function titleLine({ state, scene, width, look, nowMs }: ScreenHeaderProps): Line {
  const left = [span(' tsync ', 'badge'), span(` ${state.kind} `, 'strong'), span(printable(state.inventory), 'dim')];
  const end = state.finishedAt === null ? nowMs : Date.parse(state.finishedAt);
  const seconds = (end - Date.parse(state.startedAt)) / 1000;
  const glyphs = glyphsFor(look.unicode);
  const elapsed = scene.phase === 'review' ? ' ' : `  ${elapsedText(seconds)} `;
  const right = [...phaseSpans(scene, state, glyphs, nowMs), span(elapsed, 'dim')];
  return spread(left, right, width);
}

/** Hosts in each section, or how far the change has come; on the right what is marked. */
export function countsLine(props: ScreenHeaderProps): Line {
  const { scene, view, width, look } = props;
  if (scene.phase === 'applying') return progressLine(props);
  const hosts: Line = [span(` ${scene.rows.length} hosts`, 'strong')];
  if (scene.phase === 'done') return withCounts(hosts, scene.counts, width);
  const marked = approvedHosts(view.approvals, scene).length;
  const glyphs = glyphsFor(look.unicode);
  const right = [
    span(`${glyphs.approved} ${marked} of ${scene.approvable.size} approved `, marked > 0 ? 'good' : 'dim'),
  ];
  return spread(withCounts(hosts, scene.counts, width - lineWidth(right) - 1), right, width);
}

/** `1 Hosts  2 Groups 4` and on the right filter, order and place. */
export function tabLine({ scene, view, width }: ScreenHeaderProps): Line {
  const current = tabOf(view, scene.phase);
  const tabs = tabsOf(scene.phase).flatMap((tab, i): Span[] => [
    span(i === 0 ? ' ' : '   '),
    span(`${i + 1} `, 'dim'),
    span(TAB_TITLES[tab], tab === current ? 'title' : 'plain'),
    span(tab === 'groups' ? ` ${scene.groups.length}` : '', 'dim'),
  ]);
  const filter = view.filter === '' ? [] : [span(`/${printable(view.filter)}  `, 'accent')];
  const place = `${scene.listed.length === 0 ? 0 : cursorIndex(view, scene) + 1}/${scene.listed.length}`;
  const right = current === 'hosts' ? [...filter, span(`by ${view.sort}  ${place} `, 'dim')] : [];
  return spread(tabs, right, width);
}

const TAB_TITLES = { hosts: 'Hosts', groups: 'Groups', summary: 'Summary' } as const;

function phaseSpans(scene: Scene, state: RunState, glyphs: Glyphs, nowMs: number): readonly Span[] {
  if (state.storeProblem !== null && scene.phase !== 'done')
    return [span(`${state.storeProblem.summary}: hosts in flight are finished, no other begins`, 'bad')];
  if (state.interrupted !== null && scene.phase !== 'done') return [span(INTERRUPTED[state.interrupted], 'bad')];
  if (state.paused) return [span('paused: hosts in flight go on, no other begins', 'warn')];
  const busy = glyphs.spinner[Math.floor(nowMs / SPINNER_MS) % glyphs.spinner.length] ?? '';
  const words = PHASES[scene.phase];
  const moving = scene.phase === 'reading' || scene.phase === 'applying';
  return [span(moving ? `${busy} ` : '', 'accent'), span(words, scene.phase === 'done' ? 'good' : 'accent')];
}

/** The screen draws itself again that often while something is going on. */
export const SPINNER_MS = 250;

const PHASES: { readonly [P in Phase]: string } = {
  reading: 'reading',
  review: 'review',
  applying: 'applying',
  done: 'done',
};
const INTERRUPTED = {
  finish: 'finishing hosts in flight; ^C again leaves them to their guards',
  leave: 'left to their guards',
} as const;

function part(section: Section, count: number): readonly Span[] {
  return [span('   '), span(String(count), SECTION_TONES[section]), span(` ${SECTION_COUNTS[section]}`, 'dim')];
}

/** `████░░░░ 34/60  30 changed  1 reverted` */
function progressLine({ scene, width, look }: ScreenHeaderProps): Line {
  const glyphs = glyphsFor(look.unicode);
  const active = scene.rows.filter(
    ({ changes, stage, outcome }) => changes > 0 && (stage !== 'assessed' || outcome !== null),
  );
  const taking = active.filter(({ outcome }) => outcome !== 'declined' && outcome !== 'skipped');
  const done = taking.filter(({ outcome }) => outcome !== null).length;
  const room = Math.max(8, Math.min(40, Math.floor(width / 3)));
  const full = taking.length === 0 ? 0 : Math.floor((done / taking.length) * room);
  const line: Line = [
    span(' '),
    span(glyphs.full.repeat(full), 'good'),
    span(glyphs.empty.repeat(room - full), 'dim'),
    span(` ${done}/${taking.length}`, 'strong'),
  ];
  return withCounts(
    line,
    scene.counts.filter(([section]) => LIVE.has(section)),
    width,
  );
}

/** The line and as many counts as fit behind it. */
function withCounts(line: Line, counts: Scene['counts'], width: number): Line {
  let longest = line;
  for (const [section, count] of counts) {
    const longer = longest.concat(part(section, count));
    if (lineWidth(longer) > width) break;
    longest = longer;
  }
  return longest;
}

const LIVE: ReadonlySet<Section> = new Set(['flight', 'trouble', 'next', 'changed']);
