import { printable } from '#errors/printable.js';
import type { PlanGroup } from '#present/plan-groups.js';
import type { Change } from '#resources/resource.js';
import type { HostState, RunState } from '#run/run-state.js';
import { applyQuestion } from './apply-question.js';
import { isApproved } from './approvals.js';
import { glyphsFor } from './glyphs.js';
import { drawGroupTable } from './group-table.js';
import { helpPage } from './help-page.js';
import { type HostPageProps, hostPage, planPage } from './host-page.js';
import { drawHostTable } from './host-table.js';
import type { Scene } from './scene.js';
import { footerLine } from './screen-footer.js';
import { countsLine, type ScreenHeaderProps, tabLine, titleLine } from './screen-header.js';
import { type Line, type Look, paintLine, span, spread } from './styled-line.js';
import { summaryPage } from './summary-page.js';
import { cursorHost, type Extent, groupIndex, modeOf, type Page, pageOrder, type View } from './view-state.js';
import { clampIndex, keepVisible } from './window.js';

interface FrameProps {
  readonly state: RunState;
  readonly scene: Scene;
  readonly view: View;
  readonly columns: number;
  readonly rows: number;
  readonly look: Look;
  /** Milliseconds of Unix time. */
  readonly nowMs: number;
  /** Milliseconds of Unix time at which the present stage of a host was first seen. */
  readonly stageSince: ReadonlyMap<string, number>;
  readonly guardSeconds: (host: string) => number;
  readonly nextCommands: readonly string[];
  readonly unifiedDiff: (change: Change) => string;
}

export interface Frame {
  /** Exactly `rows` of them, painted. */
  readonly lines: readonly string[];
  /** What the next key is about. */
  readonly extent: Extent;
}

/** The whole screen. Only what is seen is drawn: the cost is that of the terminal's size, not of the fleet's. */
export function drawFrame(props: FrameProps): Frame {
  const { view, scene, columns, rows, look } = props;
  const header = headerLines(props);
  const height = Math.max(1, rows - header.length - 1);
  const body = drawBody(props, height);
  const filler = Array.from({ length: Math.max(0, height - body.lines.length) }, () => '');
  const lines = [
    ...header.map((line) => paintLine(line, columns, look)),
    ...body.lines.slice(0, height),
    ...filler,
    paintLine(footerLine(view, scene.phase, columns), columns, look),
  ];
  return { lines: lines.slice(0, rows), extent: body.extent };
}

interface Body {
  readonly lines: readonly string[];
  readonly extent: Extent;
}

/** Small terminals give up the tabs first, then the counts. */
function headerLines(props: FrameProps): readonly Line[] {
  const header: ScreenHeaderProps = { ...props, width: props.columns };
  const lines: Line[] = [titleLine(header)];
  if (props.rows >= 9) lines.push(countsLine(header));
  if (props.rows >= 14) lines.push(tabLine(header));
  return lines;
}

function drawBody(props: FrameProps, height: number): Body {
  const { view, scene, columns, look, state, nextCommands } = props;
  const mode = modeOf(view, scene.phase);
  switch (mode) {
    case 'help':
      return scrollBody(helpPage(scene.phase, columns, look), view.help ?? 0, height, props);
    case 'page':
      return pageBody(props, view.page!, height);
    case 'confirm':
      return confirmBody(props, height);
    case 'leave':
      return scrollBody(leaveLines(scene), 0, height, props);
    case 'summary':
      return scrollBody(summaryPage({ state, nextCommands, width: columns - 2, look }), view.scroll, height, props);
    case 'groups':
      return groupBody(props, height);
    default:
      return hostBody(props, height);
  }
}

function hostBody(props: FrameProps, height: number): Body {
  const { view, scene, columns, look, nowMs, stageSince } = props;
  const room = Math.max(1, height - 1);
  const host = cursorHost(view, scene);
  const at = host === null ? 0 : scene.itemOf.get(host)!;
  const top = keepVisible(at <= 1 ? 0 : view.top, at, room, scene.items.length);
  const table = drawHostTable({
    items: scene.items.slice(top, top + room),
    widths: scene.widths,
    width: columns,
    look,
    live: scene.phase === 'applying' || scene.phase === 'done',
    isApproved: (name) => isApproved(view.approvals, scene, name),
    elapsed: (name) => {
      const since = stageSince.get(name);
      return since === undefined ? null : (nowMs - since) / 1000;
    },
  });
  const lines = table.lines.map((line, i) => listLine(line, host !== null && top + i === at, props));
  const empty =
    scene.items.length === 0 ? [paintLine([span('  No host matches the filter.', 'dim')], columns, look)] : [];
  return {
    lines: [paintLine(table.head, columns, look), ...lines, ...empty],
    extent: { height: room, length: scene.items.length },
  };
}

function groupBody(props: FrameProps, height: number): Body {
  const { view, scene, columns, look, state } = props;
  const preview = height >= 14 && scene.groups.length > 0;
  const room = Math.max(1, preview ? Math.min(scene.groups.length, Math.floor(height / 3)) : height - 1);
  const at = groupIndex(view, scene);
  const top = keepVisible(view.groupTop, at, room, scene.groups.length);
  const approved = (group: PlanGroup): number =>
    group.hosts.filter((name) => isApproved(view.approvals, scene, name)).length;
  const table = drawGroupTable({ groups: scene.groups.slice(top, top + room), width: columns, look, approved });
  const list = table.lines.map((line, i) => listLine(line, top + i === at, props));
  const extent = { height: room, length: scene.groups.length };
  const lines = [paintLine(table.head, columns, look), ...list];
  if (scene.groups.length === 0) lines.push(paintLine([span('  No host has changes.', 'dim')], columns, look));
  const shown = preview ? state.hosts.get(scene.groups[at]!.hosts[0]!) : undefined;
  if (shown === undefined) return { lines, extent };
  const page = planPage(pageProps(props, shown)).slice(0, height - lines.length - 1);
  const title = divider(` on ${printable(shown.host)} `, columns, look);
  return { lines: [...lines, title, ...page.map((line) => paintLine([span('  '), ...line], columns, look))], extent };
}

function pageBody(props: FrameProps, page: Page, height: number): Body {
  const { state, scene, view, columns, look } = props;
  const host = state.hosts.get(page.host);
  if (host === undefined) return { lines: [], extent: { height, length: 0 } };
  const order = pageOrder(view, scene, page.from);
  const approved = isApproved(view.approvals, scene, page.host);
  const place = order.includes(page.host) ? `${order.indexOf(page.host) + 1}/${order.length} ` : '';
  const glyphs = glyphsFor(look.unicode);
  const mark = scene.approvable.has(page.host)
    ? [span(approved ? `${glyphs.approved} approved  ` : `${glyphs.open} not approved  `, approved ? 'good' : 'dim')]
    : [];
  const title = spread([span(` ${printable(page.host)}`, 'title')], [...mark, span(place, 'dim')], columns);
  const body = scrollBody(hostPage(pageProps(props, host)), page.scroll, height - 1, props);
  return { lines: [paintLine(title, columns, look), ...body.lines], extent: body.extent };
}

function pageProps({ scene, columns, look, unifiedDiff }: FrameProps, host: HostState): HostPageProps {
  const group = scene.groups.find(({ foldKey }) => foldKey === host.plan?.foldKey);
  return { host, groupSize: group?.hosts.length ?? 0, width: columns - 3, look, unifiedDiff };
}

function confirmBody(props: FrameProps, height: number): Body {
  const { view, scene, columns, look, state, guardSeconds } = props;
  const { lines, firstGroup, groups } = applyQuestion({ state, scene, view, width: columns - 2, look, guardSeconds });
  const at = view.dialog?.kind === 'confirm' ? clampIndex(view.dialog.at, groups.length) : 0;
  const top = at === 0 ? 0 : keepVisible(0, firstGroup + at, height, lines.length);
  const painted = lines.map((line, i) => listLine(line, i === firstGroup + at, props)).slice(top, top + height);
  return { lines: painted, extent: { height, length: lines.length } };
}

function leaveLines(scene: Scene): readonly Line[] {
  const words =
    scene.phase === 'reading'
      ? 'Stop reading and leave?'
      : 'Leave without changing anything? What is marked is forgotten.';
  return [
    [],
    [span(words, 'title')],
    [],
    [span('y', 'key'), span('  leave        '), span('n', 'key'), span('  back')],
  ];
}

/** A text in `height` lines, with a sign at its end when there is more above or below. */
function scrollBody(text: readonly Line[], scroll: number, height: number, { columns, look }: FrameProps): Body {
  const top = Math.max(0, Math.min(scroll, text.length - height));
  const glyphs = glyphsFor(look.unicode);
  const shown = text.slice(top, top + height).map((line, i, all) => {
    const more =
      (i === 0 && top > 0 && glyphs.up) || (i === all.length - 1 && top + height < text.length && glyphs.down);
    const full: Line = [span('  '), ...line];
    return paintLine(more ? spread(full, [span(more, 'accent')], columns) : full, columns, look);
  });
  return { lines: shown, extent: { height, length: text.length } };
}

/** A line of a list: the one under the cursor begins with its sign and is filled to its end. */
function listLine(line: Line, selected: boolean, { columns, look }: FrameProps): string {
  const lead = selected ? span(glyphsFor(look.unicode).cursor, 'accent') : span(' ');
  const [first, ...rest] = line;
  const body = first === undefined ? [] : [span(first.text.slice(1), first.tone), ...rest];
  return paintLine(first?.text.startsWith(' ') ? [lead, ...body] : [lead, ...line], columns, look, selected);
}

function divider(title: string, width: number, look: Look): string {
  const { rule } = glyphsFor(look.unicode);
  return paintLine(
    [span(rule.repeat(2), 'dim'), span(title, 'title'), span(rule.repeat(Math.max(0, width)), 'dim')],
    width,
    look,
  );
}
