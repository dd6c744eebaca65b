import { printable } from '#errors/printable.js';
import { groupBy } from '#present/group-by.js';
import type { HostGroup } from '#present/plan-groups.js';
import type { HostState } from '#run/run-state.js';
import { fieldLines } from './field.js';
import { countOf, hostNames } from './host-names.js';
import { type Colour, type Drawing, paint } from './paint.js';
import { wrap } from './wrap.js';

/**
 * A section for hosts that ended badly: each kind of problem once with what to do about it, and under it what happened on each
 * host; hosts with the same detail share a line, and many different ones are cut with their number.
 */
export function troubleLines(
  title: string,
  colour: Colour,
  hosts: readonly HostState[],
  drawing: Drawing,
): readonly string[] {
  if (hosts.length === 0) return [];
  const head = paint(`${title}: ${countOf(hosts.length, 'host')}`, colour, drawing);
  return [
    '',
    head,
    ...groupBy(hosts, (host) => host.problem?.code ?? '').flatMap((group) => kindLines(group, drawing)),
  ];
}

function kindLines(hosts: HostGroup, drawing: Drawing): readonly string[] {
  const { problem } = hosts[0];
  if (problem === null)
    return groupBy(hosts, (host) => host.notes.join('\n')).flatMap((same) => noteLines(same, drawing));
  const details = groupBy(hosts, (host) => `${host.problem?.detail}`);
  const rest = details.slice(MOST_DETAILS).flat().length;
  return [
    `  ${printable(problem.summary)}`,
    ...details.slice(0, MOST_DETAILS).flatMap((same) => detailLines(same, drawing)),
    ...(rest > 0 ? [`    and ${countOf(rest, 'more host')}, each with a detail of its own: see --json`] : []),
    ...fieldLines({ label: 'to do', text: printable(problem.hint), indent: 4 }, drawing),
  ];
}

/** Without a problem, what was noted about these hosts is the reason. */
function noteLines(hosts: HostGroup, drawing: Drawing): readonly string[] {
  const notes = hosts[0].notes.flatMap((note) =>
    fieldLines({ label: 'note', text: printable(note), indent: 4 }, drawing),
  );
  return [`  ${hostNames(namesOf(hosts), drawing.width - 2)}`, ...notes];
}

function detailLines(hosts: HostGroup, drawing: Drawing): readonly string[] {
  const names = hostNames(namesOf(hosts), Math.max(20, drawing.width - 6));
  const [first = '', ...rest] = wrap(`${names}: ${printable(hosts[0].problem?.detail ?? '')}`, drawing.width - 6);
  return [`    ${first}`, ...rest.map((line) => `      ${line}`)];
}

function namesOf(hosts: readonly HostState[]): readonly string[] {
  return hosts.map(({ host }) => host);
}

const MOST_DETAILS = 10;
