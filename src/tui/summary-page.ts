import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import { hostsAfterPackages, waitsAfterPackages } from '#run/after-packages.js';
import type { Outcome } from '#run/outcome.js';
import type { HostState, RunState } from '#run/run-state.js';
import { plural } from './apply-question.js';
import { type Glyphs, glyphsFor } from './glyphs.js';
import { type Line, type Look, span, type Tone } from './styled-line.js';
import { heading, textBlock } from './text-block.js';

interface SummaryPageProps {
  readonly state: RunState;
  readonly nextCommands: readonly string[];
  readonly width: number;
  readonly look: Look;
}

/** How the run ended: outcomes, what went wrong and what to do about it, and what to type next. */
export function summaryPage(props: SummaryPageProps): readonly Line[] {
  const { state, nextCommands, width, look } = props;
  const glyphs = glyphsFor(look.unicode);
  const hosts = [...state.hosts.values()];
  const next = nextCommands.map((command): Line => [span('  $ ', 'dim'), span(printable(command), 'strong')]);
  return [
    headline(hosts, state),
    [],
    ...outcomeLines(hosts, glyphs, width),
    ...problemLines(hosts, glyphs, width),
    ...afterPackages(state, width),
    ...(next.length === 0 ? [] : [[], heading('Next', width, glyphs.rule), ...next]),
  ];
}

/** What comes when the screen is left: the review of what nobody has seen yet. */
function afterPackages(state: RunState, width: number): readonly Line[] {
  const count = hostsAfterPackages(state).size;
  if (count === 0) return [];
  const text = `The packages of ${plural(count, 'host')} are there. q goes on to the review of what is to be changed there now.`;
  return [[], ...textBlock(text, width, 'strong', 2)];
}

const OUTCOMES: readonly (readonly [Outcome, Tone, string])[] = [
  ['changed', 'good', 'changed, and the clock proved'],
  ['in-sync', 'good', 'already as wanted'],
  ['drifted', 'warn', 'with findings, nothing changed'],
  ['declined', 'dim', 'not approved'],
  ['skipped', 'dim', 'skipped'],
  ['stale', 'warn', 'changed since they were read: not touched'],
  ['reverted', 'warn', 'put back as they were'],
  ['failed', 'bad', 'failed'],
  ['unreachable', 'bad', 'not reached'],
  ['guard-unknown', 'critical', 'guard unknown: a person must look'],
];

function headline(hosts: readonly HostState[], state: RunState): Line {
  const changed = hosts.filter(({ outcome }) => outcome === 'changed').length;
  const trouble = hosts.filter(({ outcome }) => outcome !== null && TROUBLE.has(outcome)).length;
  const packages = hosts.filter(({ packageWork }) => packageWork?.state === 'done').length;
  const nothing = packages > 0 ? `Packages came or went on ${plural(packages, 'host')}` : 'Nothing was changed';
  const text = changed > 0 ? `${plural(changed, 'host')} changed and proved` : nothing;
  const bad =
    trouble > 0 ? `, ${trouble} of ${plural(hosts.length, 'host')} need${trouble === 1 ? 's' : ''} a person` : '';
  return [
    span(text + bad, trouble > 0 ? 'warn' : 'good'),
    span(state.interrupted === null ? '' : ' (interrupted)', 'bad'),
  ];
}

const TROUBLE: ReadonlySet<Outcome> = new Set(['stale', 'reverted', 'failed', 'unreachable', 'guard-unknown']);

function outcomeLines(hosts: readonly HostState[], glyphs: Glyphs, width: number): readonly Line[] {
  const most = Math.max(1, hosts.length);
  const room = Math.max(0, Math.min(30, width - 52));
  return OUTCOMES.flatMap(([outcome, tone, words]): readonly Line[] => {
    const own = hosts.filter((host) => host.outcome === outcome);
    const count = own.length;
    if (count === 0) return [];
    const waiting = own.filter(waitsAfterPackages).length;
    const said =
      waiting === 0
        ? words
        : `${waiting === count ? 'their' : `${waiting} of them: their`} changes come after their packages`;
    const cells = room === 0 ? 0 : Math.max(1, Math.round((count / most) * room));
    const bar =
      room === 0
        ? []
        : [span('  '), span(glyphs.full.repeat(cells), tone), span(glyphs.empty.repeat(room - cells), 'dim')];
    return [
      [
        span(`${String(count).padStart(7)}  `, 'strong'),
        span(outcome.padEnd(14), tone),
        ...bar,
        span(`  ${said}`, 'dim'),
      ],
    ];
  });
}

/** Problems by their code: the words once, then who has it. */
function problemLines(hosts: readonly HostState[], glyphs: Glyphs, width: number): readonly Line[] {
  const troubled = hosts.filter((host): host is HostState & { readonly problem: Problem } => host.problem !== null);
  if (troubled.length === 0) return [];
  const parts = [...Map.groupBy(troubled, ({ problem }) => problem.code).values()];
  return [
    [],
    heading('Problems', width, glyphs.rule, 'bad'),
    ...parts.flatMap((part) => problemPart(part, glyphs, width)),
  ];
}

function problemPart(
  part: readonly (HostState & { readonly problem: Problem })[],
  glyphs: Glyphs,
  width: number,
): readonly Line[] {
  const { problem } = part[0]!;
  const shown = part.slice(0, SHOWN);
  const more = part.length > SHOWN ? [[span(`    and ${plural(part.length - SHOWN, 'more host')}`, 'dim')]] : [];
  return [
    [
      span(`  ${glyphs.bad} ${printable(problem.summary)}`, 'bad'),
      span(`  ${plural(part.length, 'host')}  ${problem.code}`, 'dim'),
    ],
    ...shown.flatMap((each) =>
      textBlock(`${printable(each.host)}: ${printable(each.problem.detail)}`, width, 'plain', 4),
    ),
    ...more,
    ...textBlock(`${glyphs.arrow} ${printable(problem.hint)}`, width, 'accent', 4),
  ];
}

/** Hosts whose own words are shown for one problem; the others are in the list. */
const SHOWN = 5;
