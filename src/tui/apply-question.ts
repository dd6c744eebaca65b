import { printable } from '#errors/printable.js';
import { planCost } from '#present/plan-groups.js';
import type { RunState } from '#run/run-state.js';
import { secondsText } from '#units/seconds.js';
import { type ApprovedGroup, approvedGroups } from './approvals.js';
import { glyphsFor } from './glyphs.js';
import type { Scene } from './scene.js';
import { type Line, type Look, span } from './styled-line.js';
import { textBlock } from './text-block.js';
import type { View } from './view-state.js';

interface ApplyQuestionProps {
  readonly state: RunState;
  readonly scene: Scene;
  readonly view: View;
  readonly width: number;
  readonly look: Look;
  readonly guardSeconds: (host: string) => number;
}

interface ApplyQuestion {
  readonly lines: readonly Line[];
  /** Which of the lines is the first group. */
  readonly firstGroup: number;
  readonly groups: readonly ApprovedGroup[];
}

/** Exactly what `y` will do, and how it is undone; then the groups, whose diffs open from here. */
export function applyQuestion(props: ApplyQuestionProps): ApplyQuestion {
  const { scene, view, width, look } = props;
  const groups = approvedGroups(view.approvals, scene);
  const facts = countApproved(groups, props);
  const left = scene.approvable.size - facts.hosts;
  const lines: readonly Line[] = [
    [span(`Apply ${plural(facts.changes, 'change')} to ${plural(facts.hosts, 'host')}?`, 'title')],
    [],
    ...(facts.packages.size > 0 ? textBlock(packageText(facts.packages), width, 'warn') : []),
    ...textBlock(restartText(facts.restarts), width, facts.restarts.size > 0 ? 'warn' : 'plain'),
    ...textBlock(costText(facts), width, facts.maySteps > 0 ? 'warn' : 'plain'),
    ...textBlock(undoText(facts.guard), width),
    [span('  $ ', 'dim'), span(`tsync rollback ${printable(props.state.run)}`, 'strong')],
    ...(left > 0 ? textBlock(`${plural(left, 'other host')} with changes: left as they are.`, width, 'dim') : []),
    [],
    [span('What is applied (enter shows the diff)', 'dim')],
  ];
  return { lines: [...lines, ...groups.map((group) => groupLine(group, look))], firstGroup: lines.length, groups };
}

interface Counted {
  readonly hosts: number;
  readonly changes: number;
  /** Unit to number of hosts. */
  readonly restarts: ReadonlyMap<string, number>;
  /** What comes or goes, as text, to number of hosts. */
  readonly packages: ReadonlyMap<string, number>;
  readonly longest: number;
  readonly maySteps: number;
  readonly guard: readonly [number, number];
}

function countApproved(groups: readonly ApprovedGroup[], { state, guardSeconds }: ApplyQuestionProps): Counted {
  const restarts = new Map<string, number>();
  const packages = new Map<string, number>();
  const counted = { hosts: 0, changes: 0, longest: 0, maySteps: 0 };
  let [shortest, longestGuard] = [Infinity, 0];
  for (const host of groups.flatMap(({ hosts }) => hosts)) {
    const plan = state.hosts.get(host)?.plan;
    if (plan === null || plan === undefined) continue;
    const cost = planCost(plan);
    counted.hosts += 1;
    counted.changes += plan.changes.length;
    counted.longest = Math.max(counted.longest, cost.withoutSyncSeconds);
    counted.maySteps += cost.mayStep ? 1 : 0;
    for (const { kind, name } of plan.actions)
      if (kind === 'restart') restarts.set(name, (restarts.get(name) ?? 0) + 1);
    for (const { name, before, after } of plan.packages?.preview ?? []) {
      const text = packageWords(name, before, after);
      packages.set(text, (packages.get(text) ?? 0) + 1);
    }
    const guard = guardSeconds(host);
    shortest = Math.min(shortest, guard);
    longestGuard = Math.max(longestGuard, guard);
  }
  return { ...counted, restarts, packages, guard: [shortest, longestGuard] };
}

function packageWords(name: string, before: string | null, after: string | null): string {
  if (before === null) return `install ${name} ${after}`;
  return after === null ? `remove ${name} ${before}` : `change ${name} ${before} to ${after}`;
}

function packageText(packages: Counted['packages']): string {
  const each = [...packages].map(([words, count]) => `${printable(words)} on ${plural(count, 'host')}`);
  return `Packages, before any change and without a guard: ${each.join(', ')}. What is to be changed then is planned and shown anew.`;
}

function restartText(restarts: Counted['restarts']): string {
  if (restarts.size === 0) return 'Nothing is restarted.';
  const units = [...restarts].map(([unit, count]) => `${printable(unit)} on ${plural(count, 'host')}`);
  return `Restarts ${units.join(', ')}.`;
}

function costText({ longest, maySteps }: Counted): string {
  const sync = longest > 0 ? `Each host is without sync for up to ${secondsText(longest)}` : 'No host loses its sync';
  return maySteps > 0
    ? `${sync}; the clock may step on ${plural(maySteps, 'host')}.`
    : `${sync}; no step of its clock is expected.`;
}

function undoText([shortest, longest]: Counted['guard']): string {
  if (longest === 0)
    return 'Undo: backups are in the tree until it is proved; what is killed, the next run takes back first. Later, by hand:';
  const seconds = shortest === longest ? secondsText(longest) : `${secondsText(shortest)} to ${secondsText(longest)}`;
  return (
    'Undo: backups and a guard are on the host before its first change. A host whose clock is not proved over a new connection within ' +
    `${seconds} puts everything back by itself. Later, by hand:`
  );
}

function groupLine({ group, hosts }: ApprovedGroup, look: Look): Line {
  const glyphs = glyphsFor(look.unicode);
  const names = hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} ${glyphs.ellipsis}` : hosts.join(', ');
  return [
    span('  '),
    span(plural(hosts.length, 'host').padEnd(10), 'strong'),
    span(group.title),
    span(`  ${printable(names)}`, 'dim'),
  ];
}

/** `1 host`, `2 hosts`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
