import { type PlanGroup, planGroups } from '#present/plan-groups.js';
import type { HostState, RunState } from '#run/run-state.js';
import { filterRows, type ListItem, listHosts, type Sort } from './host-list.js';
import { type HostRow, readHostRow, SECTIONS, type Section } from './host-row.js';
import { type ColumnWidths, measureColumns } from './host-table.js';
import { isSettled, type Phase, phaseOf } from './phase.js';

/** The run as the screen shows it: a projection of its state that every key and every frame looks at. */
export interface Scene {
  readonly phase: Phase;
  /** Every host, in the inventory's order. */
  readonly rows: readonly HostRow[];
  /** Hosts of the list after filter and sort. */
  readonly listed: readonly string[];
  readonly items: readonly ListItem[];
  /** Place of a listed host in `items`. */
  readonly itemOf: ReadonlyMap<string, number>;
  /** Groups of all hosts that have changes, whatever the filter. */
  readonly groups: readonly PlanGroup[];
  /** Host to the digest an approval binds to: what can be approved now. */
  readonly approvable: ReadonlyMap<string, string>;
  readonly widths: ColumnWidths;
  /** Hosts in each section that has any, in the sections' order. */
  readonly counts: readonly (readonly [Section, number])[];
  /** Hosts that are still being read. */
  readonly unsettled: number;
  readonly interrupted: boolean;
  readonly paused: boolean;
}

/** What of the view a scene depends on. */
interface SceneKeys {
  readonly filter: string;
  readonly sort: Sort;
  readonly sent: boolean;
}

/**
 * Gives the function from state to scene. It keeps its last answers: a key press in 10,000 hosts costs nothing here, and
 * a change of the state only its new hosts.
 */
export function createProjector(): (state: RunState, keys: SceneKeys) => Scene {
  const rowOf = new WeakMap<HostState, HostRow>();
  const facts = remember((state: RunState) => readFacts(state, rowOf));
  const list = remember((rows: readonly HostRow[], filter: string, sort: Sort) => readList(rows, filter, sort));
  const join = remember(
    (
      phase: Phase,
      interrupted: boolean,
      paused: boolean,
      known: ReturnType<typeof readFacts>,
      listing: ReturnType<typeof readList>,
    ): Scene => ({
      phase,
      interrupted,
      paused,
      ...known,
      ...listing,
    }),
  );
  const phase = remember(phaseOf);
  return (state, { filter, sort, sent }) => {
    const known = facts(state);
    return join(phase(state, sent), state.interrupted !== null, state.paused, known, list(known.rows, filter, sort));
  };
}

function readFacts(state: RunState, rowOf: WeakMap<HostState, HostRow>) {
  const states = [...state.hosts.values()];
  const rows = states.map((host) => {
    const known = rowOf.get(host);
    if (known !== undefined) return known;
    const row = readHostRow(host);
    rowOf.set(host, row);
    return row;
  });
  const approvable = new Map<string, string>();
  for (const { host, digest } of rows) if (digest !== null) approvable.set(host, digest);
  const unsettled = states.reduce((count, host) => (isSettled(host) ? count : count + 1), 0);
  return {
    rows,
    widths: measureColumns(rows),
    counts: countSections(rows),
    approvable,
    unsettled,
    groups: planGroups(states),
  };
}

function countSections(rows: readonly HostRow[]): Scene['counts'] {
  const counts = new Map<Section, number>();
  for (const { section } of rows) counts.set(section, (counts.get(section) ?? 0) + 1);
  return SECTIONS.flatMap((section) => (counts.has(section) ? [[section, counts.get(section)!] as const] : []));
}

function readList(rows: readonly HostRow[], filter: string, sort: Sort) {
  const items = listHosts(filterRows(rows, filter), sort);
  const itemOf = new Map<string, number>();
  items.forEach((item, index) => {
    if (item.kind === 'host') itemOf.set(item.row.host, index);
  });
  return { items, itemOf, listed: [...itemOf.keys()] };
}

/** The last answer again while every argument is the same. */
function remember<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | null = null;
  return (...args) => {
    if (last === null || args.some((arg, index) => arg !== last?.args[index]))
      last = { args, result: compute(...args) };
    return last.result;
  };
}
