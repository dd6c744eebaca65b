import { type Approvals, approvedGroups, approvedHosts, markHosts, toggleHosts } from './approvals.js';
import { SORTS, type Sort } from './host-list.js';
import type { Phase } from './phase.js';
import type { Scene } from './scene.js';
import { clampIndex, keepVisible } from './window.js';

type Tab = 'hosts' | 'groups' | 'summary';
type Origin = 'hosts' | 'groups' | 'confirm';

/** One host in full; `from` is where it was opened and decides what the next one is. */
export interface Page {
  readonly host: string;
  readonly from: Origin;
  readonly scroll: number;
}

/** Everything about the screen that is not about the run. */
export interface View {
  /** null: the first of the phase's tabs. */
  readonly tab: Tab | null;
  readonly page: Page | null;
  readonly dialog: { readonly kind: 'confirm'; readonly at: number } | { readonly kind: 'leave' } | null;
  /** First line of the open help; null when it is closed. */
  readonly help: number | null;
  /** The host under the cursor, and its place, for when the list loses it. null: the first. */
  readonly cursor: string | null;
  readonly at: number;
  readonly top: number;
  readonly group: string | null;
  readonly groupTop: number;
  /** First line of the summary. */
  readonly scroll: number;
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  readonly sort: Sort;
  readonly approvals: Approvals;
  /** What was answered to the session, which can be told once. */
  readonly sent: 'approved' | 'declined' | null;
  readonly interrupts: number;
  /** Answer to the last key, until the next one. */
  readonly message: string;
}

/** What a key does outside of the view. */
export type Effect =
  | { readonly kind: 'approve'; readonly hosts: ReadonlySet<string> }
  | { readonly kind: 'interrupt' }
  /** No further host begins; they do again; hosts in flight get more time. */
  | { readonly kind: 'pause' | 'go-on' | 'extend' }
  | { readonly kind: 'leave' };

/** `name`: `up`, `enter`, `ctrl-c`, or the character. `alone`: it did not come in one piece with others, as pasted text does. */
export interface KeyPress {
  readonly name: string;
  readonly alone: boolean;
}

/** Lines of the last frame: of its list or text area, and of the whole text that is scrolled there. */
export interface Extent {
  readonly height: number;
  readonly length: number;
}

interface Step {
  readonly view: View;
  readonly effects: readonly Effect[];
}

/** Who gets the next key. */
export type Mode = 'help' | 'page' | 'confirm' | 'leave' | 'typing' | Tab;

export const INITIAL_VIEW: View = {
  tab: null,
  page: null,
  dialog: null,
  help: null,
  cursor: null,
  at: 0,
  top: 0,
  group: null,
  groupTop: 0,
  scroll: 0,
  filter: '',
  typing: false,
  sort: 'attention',
  approvals: new Map(),
  sent: null,
  interrupts: 0,
  message: '',
};

/** The view after a key, and what the key does to the run. Pure: the same key in the same scene gives the same step. */
export function pressKey(before: View, key: KeyPress, scene: Scene, extent: Extent): Step {
  const view = { ...before, message: '' };
  if (key.name === 'ctrl-c') return interrupt(view, scene);
  const mode = modeOf(view, scene.phase);
  if (scene.phase === 'applying' && (mode === 'hosts' || mode === 'page')) {
    const step = key.alone ? keyWhileApplying(view, key.name, scene) : null;
    if (step !== null) return step;
  }
  if (key.name === '?' && mode !== 'typing' && mode !== 'help') return stay({ ...view, help: 0 });
  switch (mode) {
    case 'help':
      return stay(keyInHelp(view, key.name, extent));
    case 'page':
      return stay(keyInPage(view, view.page!, key.name, scene, extent));
    case 'confirm':
      return keyInConfirm(view, key, scene);
    case 'leave':
      return keyInLeave(view, key, scene);
    case 'typing':
      return stay(keyInFilter(view, key.name));
    case 'hosts':
      return keyInHosts(view, key.name, scene, extent);
    case 'groups':
      return keyInGroups(view, key.name, scene, extent);
    case 'summary':
      return keyInSummary(view, key.name, scene, extent);
  }
}

export function modeOf(view: View, phase: Phase): Mode {
  if (view.help !== null) return 'help';
  if (view.page !== null && (view.page.from === 'confirm' || view.dialog === null)) return 'page';
  if (view.dialog !== null && phase !== 'done') return view.dialog.kind;
  if (view.page !== null) return 'page';
  return view.typing ? 'typing' : tabOf(view, phase);
}

export function tabsOf(phase: Phase): readonly Tab[] {
  if (phase === 'done') return ['summary', 'hosts'];
  return phase === 'applying' ? ['hosts'] : ['hosts', 'groups'];
}

export function tabOf(view: View, phase: Phase): Tab {
  const tabs = tabsOf(phase);
  return view.tab !== null && tabs.includes(view.tab) ? view.tab : tabs[0]!;
}

/** Place of the cursor in the listed hosts; 0 when there are none. */
export function cursorIndex(view: View, scene: Scene): number {
  const found = view.cursor !== null && scene.itemOf.has(view.cursor) ? scene.listed.indexOf(view.cursor) : -1;
  return found >= 0 ? found : clampIndex(view.cursor === null ? 0 : view.at, scene.listed.length);
}

export function cursorHost(view: View, scene: Scene): string | null {
  return scene.listed[cursorIndex(view, scene)] ?? null;
}

export function groupIndex(view: View, scene: Scene): number {
  return clampIndex(
    scene.groups.findIndex(({ foldKey }) => foldKey === view.group),
    scene.groups.length,
  );
}

/** The hosts that a page is turned through. */
export function pageOrder(view: View, scene: Scene, from: Origin): readonly string[] {
  if (from === 'hosts') return scene.listed;
  if (from === 'groups') return scene.groups.map(({ hosts }) => hosts[0]!);
  return approvedGroups(view.approvals, scene).map(({ hosts }) => hosts[0]!);
}

function stay(view: View): Step {
  return { view, effects: [] };
}

/** First: hosts in flight are finished. Second: they are left to their guards. Third, or before anything was approved: leave. */
function interrupt(view: View, scene: Scene): Step {
  if (scene.phase === 'done') return { view, effects: [{ kind: 'leave' }] };
  const next = { ...view, interrupts: view.interrupts + 1, dialog: null, help: null, typing: false };
  if (scene.phase !== 'applying') return decline(next, [{ kind: 'interrupt' }]);
  return { view: next, effects: [next.interrupts > 2 ? { kind: 'leave' } : { kind: 'interrupt' }] };
}

/** Keys that change how the run goes on; null when it is no such key. */
function keyWhileApplying(view: View, name: string, scene: Scene): Step | null {
  switch (name) {
    case 'p':
      return scene.paused
        ? { view, effects: [{ kind: 'go-on' }] }
        : { view: { ...view, message: 'No further host begins; p goes on.' }, effects: [{ kind: 'pause' }] };
    case 'e':
      return {
        view: { ...view, message: 'Five minutes more for the hosts in flight: guard and time to settle.' },
        effects: [{ kind: 'extend' }],
      };
    case 'x':
      return view.interrupts < 2
        ? interrupt(view, scene)
        : stay({ ...view, message: 'All are left to their guards already; ^C leaves the screen.' });
    default:
      return null;
  }
}

function decline(view: View, first: readonly Effect[]): Step {
  const answer: readonly Effect[] = view.sent === null ? [{ kind: 'approve', hosts: new Set() }] : [];
  return {
    view: { ...view, sent: view.sent ?? 'declined', dialog: null },
    effects: [...first, ...answer, { kind: 'leave' }],
  };
}

function keyInHelp(view: View, name: string, extent: Extent): View {
  const scroll = scrolled(view.help ?? 0, name, extent);
  return scroll === null ? { ...view, help: null } : { ...view, help: scroll };
}

function keyInPage(view: View, page: Page, name: string, scene: Scene, extent: Extent): View {
  const scroll = scrolled(page.scroll, name, extent);
  if (scroll !== null) return { ...view, page: { ...page, scroll } };
  switch (name) {
    case 'escape':
    case 'q':
    case 'backspace':
      return { ...view, page: null };
    case 'left':
    case 'h':
    case '[':
      return turnPage(view, page, scene, -1);
    case 'right':
    case 'l':
    case ']':
      return turnPage(view, page, scene, 1);
    case 'space':
      return page.from === 'groups' ? toggleGroup(view, scene, page.host) : toggleHost(view, scene, page.host);
    case 'g':
      return toggleGroup(view, scene, page.host);
    default:
      return view;
  }
}

/** Opens the next host of where the page came from, with the cursor there on it. */
function turnPage(view: View, page: Page, scene: Scene, by: number): View {
  const order = pageOrder(view, scene, page.from);
  const index = clampIndex(order.indexOf(page.host) + by, order.length);
  const host = order[index];
  if (host === undefined || host === page.host) return view;
  const turned = { ...view, page: { ...page, host, scroll: 0 } };
  if (page.from === 'confirm') return { ...turned, dialog: { kind: 'confirm', at: index } };
  return page.from === 'hosts'
    ? { ...turned, cursor: host, at: index }
    : { ...turned, group: scene.groups[index]?.foldKey ?? null };
}

function keyInConfirm(view: View, key: KeyPress, scene: Scene): Step {
  const groups = approvedGroups(view.approvals, scene);
  const at = view.dialog?.kind === 'confirm' ? clampIndex(view.dialog.at, groups.length) : 0;
  const moved = moveBy(key.name, Math.max(1, groups.length), 5);
  if (moved !== null) return stay({ ...view, dialog: { kind: 'confirm', at: clampIndex(at + moved, groups.length) } });
  switch (key.name) {
    case 'enter': {
      const host = groups[at]?.hosts[0];
      return stay(host === undefined ? view : { ...view, page: { host, from: 'confirm', scroll: 0 } });
    }
    case 'y':
      return key.alone
        ? approve(view, scene)
        : stay({ ...view, message: 'Press y by itself: pasted text approves nothing.' });
    case 'n':
    case 'q':
    case 'escape':
      return stay({ ...view, dialog: null });
    default:
      return stay(view);
  }
}

function approve(view: View, scene: Scene): Step {
  const hosts = new Set(approvedHosts(view.approvals, scene));
  if (hosts.size === 0 || view.sent !== null || scene.phase !== 'review') return stay({ ...view, dialog: null });
  const next: View = {
    ...view,
    sent: 'approved',
    dialog: null,
    page: null,
    tab: null,
    filter: '',
    sort: 'attention',
    cursor: null,
    at: 0,
    top: 0,
  };
  return { view: next, effects: [{ kind: 'approve', hosts }] };
}

function keyInLeave(view: View, { name, alone }: KeyPress, scene: Scene): Step {
  if (name === 'y' && alone) return decline(view, scene.phase === 'reading' ? [{ kind: 'interrupt' }] : []);
  return stay(name === 'n' || name === 'q' || name === 'escape' ? { ...view, dialog: null } : view);
}

function keyInFilter(view: View, name: string): View {
  const filtered = (filter: string): View => ({ ...view, filter, top: 0, cursor: null, at: 0 });
  switch (name) {
    case 'enter':
    case 'down':
    case 'up':
      return { ...view, typing: false };
    case 'escape':
      return { ...filtered(''), typing: false };
    case 'backspace':
      return view.filter === '' ? { ...view, typing: false } : filtered([...view.filter].slice(0, -1).join(''));
    case 'ctrl-u':
      return filtered('');
    case 'space':
      return filtered(`${view.filter} `);
    default:
      return [...name].length === 1 && view.filter.length < 200 ? filtered(view.filter + name) : view;
  }
}

function keyInHosts(view: View, name: string, scene: Scene, extent: Extent): Step {
  const moved = moveBy(name, scene.listed.length, extent.height);
  if (moved !== null) return stay(moveCursor(view, scene, extent, moved));
  const host = cursorHost(view, scene);
  switch (name) {
    case 'enter':
    case 'right':
    case 'l':
      return stay(host === null ? view : { ...view, page: { host, from: 'hosts', scroll: 0 } });
    case 'space':
      return stay(host === null ? view : advance(toggleHost(view, scene, host), view, scene, extent));
    case 'g':
      return stay(host === null ? view : toggleGroup(view, scene, host));
    case '/':
      return stay({ ...view, typing: true });
    case 's':
      return stay({ ...view, sort: SORTS[(SORTS.indexOf(view.sort) + 1) % SORTS.length]!, top: 0 });
    case 'escape':
      return stay({ ...view, filter: '', top: 0 });
    default:
      return keyInLists(view, name, scene, scene.listed);
  }
}

function keyInGroups(view: View, name: string, scene: Scene, extent: Extent): Step {
  const index = groupIndex(view, scene);
  const moved = moveBy(name, scene.groups.length, extent.height);
  if (moved !== null) {
    const at = clampIndex(index + moved, scene.groups.length);
    const groupTop = keepVisible(view.groupTop, at, extent.height, scene.groups.length);
    return stay({ ...view, group: scene.groups[at]?.foldKey ?? null, groupTop });
  }
  const host = scene.groups[index]?.hosts[0];
  switch (name) {
    case 'enter':
    case 'right':
    case 'l':
      return stay(host === undefined ? view : { ...view, page: { host, from: 'groups', scroll: 0 } });
    case 'space':
    case 'g':
      return stay(host === undefined ? view : toggleGroup(view, scene, host));
    default:
      return keyInLists(
        view,
        name,
        scene,
        scene.groups.flatMap(({ hosts }) => hosts),
      );
  }
}

function keyInSummary(view: View, name: string, scene: Scene, extent: Extent): Step {
  const scroll = scrolled(view.scroll, name, extent);
  if (scroll !== null) return stay({ ...view, scroll });
  return name === 'enter' ? { view, effects: [{ kind: 'leave' }] } : keyInLists(view, name, scene, []);
}

/** Keys that every tab knows. `shown`: the hosts that `a` and `n` mean. */
function keyInLists(view: View, name: string, scene: Scene, shown: readonly string[]): Step {
  switch (name) {
    case 'tab':
    case 'backtab':
      return stay(otherTab(view, scene.phase, name === 'tab' ? 1 : -1));
    case '1':
    case '2':
      return stay({ ...view, tab: tabsOf(scene.phase)[Number(name) - 1] ?? view.tab });
    case 'a':
      return stay(canMark(view, scene, (open) => marked(open, scene, shown, true)));
    case 'n':
      return stay(canMark(view, scene, (open) => marked(open, scene, shown, false)));
    case 'c':
      return stay(askToApply(view, scene));
    case 'q':
      return quit(view, scene);
    default:
      return stay(view);
  }
}

function quit(view: View, scene: Scene): Step {
  if (scene.phase === 'done') return { view, effects: [{ kind: 'leave' }] };
  if (scene.phase === 'applying')
    return stay({ ...view, message: 'Hosts are being changed. Ctrl-C finishes those in flight and starts no other.' });
  if (scene.phase === 'review' && scene.approvable.size === 0) return decline(view, []);
  return stay({ ...view, dialog: { kind: 'leave' } });
}

function askToApply(view: View, scene: Scene): View {
  if (scene.phase === 'reading')
    return { ...view, message: `${scene.unsettled} hosts are still being read; what is marked stays marked.` };
  return canMark(view, scene, (open) =>
    approvedHosts(open.approvals, scene).length === 0
      ? { ...open, message: 'Nothing is marked: space marks a host, g its group, a all that are shown.' }
      : { ...open, dialog: { kind: 'confirm', at: 0 } },
  );
}

/** Marks mean something until the answer was given. */
function canMark(view: View, scene: Scene, change: (view: View) => View): View {
  const open = view.sent === null && (scene.phase === 'reading' || scene.phase === 'review');
  return open ? change(view) : view;
}

function marked(view: View, scene: Scene, hosts: readonly string[], approved: boolean): View {
  const approvals = markHosts(view.approvals, scene, hosts, approved);
  const total = approvedHosts(approvals, scene).length;
  const message = `${total} of ${scene.approvable.size} hosts with changes are marked.`;
  return { ...view, approvals, message };
}

function toggleHost(view: View, scene: Scene, host: string): View {
  return canMark(view, scene, (open) =>
    scene.approvable.has(host)
      ? { ...open, approvals: toggleHosts(open.approvals, scene, [host]) }
      : { ...open, message: 'There is nothing to approve on this host.' },
  );
}

function toggleGroup(view: View, scene: Scene, host: string): View {
  const group = scene.groups.find(({ hosts }) => hosts.includes(host));
  if (group === undefined) return toggleHost(view, scene, host);
  return canMark(view, scene, (open) => {
    const approvals = toggleHosts(open.approvals, scene, group.hosts);
    const count = group.hosts.filter((name) => approvals.has(name) && scene.approvable.has(name)).length;
    return {
      ...open,
      approvals,
      message: `${count} of the ${group.hosts.length} hosts with this same plan are marked.`,
    };
  });
}

/** After a mark the cursor goes on, so that space can be held down a list. */
function advance(after: View, before: View, scene: Scene, extent: Extent): View {
  return after.approvals === before.approvals ? after : moveCursor(after, scene, extent, 1);
}

function moveCursor(view: View, scene: Scene, { height }: Extent, by: number): View {
  const at = clampIndex(cursorIndex(view, scene) + by, scene.listed.length);
  const cursor = scene.listed[at] ?? null;
  const item = cursor === null ? 0 : scene.itemOf.get(cursor)!;
  // The first host shows the section title above it.
  const top = at === 0 ? 0 : keepVisible(view.top, item, height, scene.items.length);
  return { ...view, cursor, at, top };
}

function otherTab(view: View, phase: Phase, by: number): View {
  const tabs = tabsOf(phase);
  return { ...view, tab: tabs[(tabs.indexOf(tabOf(view, phase)) + by + tabs.length) % tabs.length]! };
}

/** Rows that a key moves by; null when it is no such key. */
function moveBy(name: string, count: number, height: number): number | null {
  switch (name) {
    case 'up':
    case 'k':
      return -1;
    case 'down':
    case 'j':
      return 1;
    case 'pageup':
    case 'ctrl-b':
      return -Math.max(1, height - 1);
    case 'pagedown':
    case 'ctrl-f':
      return Math.max(1, height - 1);
    case 'home':
      return -count;
    case 'end':
    case 'G':
      return count;
    default:
      return null;
  }
}

/** First line of a text after a key; null when the key does not scroll. */
function scrolled(scroll: number, name: string, { height, length }: Extent): number | null {
  const by = moveBy(name, length, height);
  return by === null ? null : Math.max(0, Math.min(scroll + by, length - height));
}
