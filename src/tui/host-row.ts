import { printable } from '#errors/printable.js';
import { hasWork } from '#plan/has-work.js';
import type { HostPlan, Severity } from '#plan/plan.js';
import { worstRank, worstSeverity } from '#present/findings.js';
import { waitsAfterPackages } from '#run/after-packages.js';
import { isAgainst, isOpen } from '#run/count-findings.js';
import type { Outcome } from '#run/outcome.js';
import type { HostState, Stage } from '#run/run-state.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import { approvableDigest } from './phase.js';

/** Parts of the host list, in the order in which they are shown: what is being changed now, then what needs attention. */
export const SECTIONS = [
  'flight',
  'trouble',
  'next',
  'change',
  'finding',
  'reading',
  'changed',
  'left',
  'in-sync',
] as const;
export type Section = (typeof SECTIONS)[number];

/** One host in the list. Every text is printable. */
export interface HostRow {
  /** As the run names it: the key, not for showing. */
  readonly host: string;
  readonly name: string;
  readonly os: string;
  readonly platform: string;
  readonly daemon: string;
  readonly source: string;
  readonly clock: ClockMeasurement | null;
  readonly stage: Stage;
  readonly outcome: Outcome | null;
  readonly progress: string;
  /** Summary of what went wrong, empty when nothing did. */
  readonly problem: string;
  readonly worst: Severity | null;
  readonly openFindings: number;
  readonly unknownFindings: number;
  readonly changes: number;
  readonly section: Section;
  /** What an approval binds to; null: nothing to approve. */
  readonly digest: string | null;
  readonly foldKey: string | null;
  /** Lower case, for the filter. */
  readonly text: string;
}

export function readHostRow(state: HostState): HostRow {
  const open = (state.plan?.findings ?? []).filter(isOpen);
  const row = {
    host: state.host,
    name: printable(state.host),
    os: printable(state.summary?.os ?? ''),
    platform: printable(state.summary?.platform ?? ''),
    daemon: printable(state.summary?.daemon ?? ''),
    source: printable(state.source ?? state.summary?.source ?? ''),
    clock: state.clock,
    stage: state.stage,
    outcome: state.outcome,
    progress: printable(state.progress),
    problem: state.problem === null ? '' : printable(state.problem.summary),
    worst: worstSeverity(open),
    openFindings: open.length,
    unknownFindings: open.filter(({ status }) => status === 'unknown').length,
    changes: state.plan === null ? 0 : state.plan.changes.length + packageCount(state.plan.packages),
    section: sectionOf(state, open.some(isAgainst)),
    digest: approvableDigest(state),
    foldKey: state.plan?.foldKey ?? null,
  };
  const rules = open.map(({ rule }) => printable(rule)).join(' ');
  const code = state.problem?.code ?? '';
  const words = [row.name, row.os, row.platform, row.daemon, row.source, row.outcome ?? row.stage, rules, code];
  return { ...row, text: words.join(' ').toLowerCase() };
}

function packageCount(packages: HostPlan['packages']): number {
  return packages === null ? 0 : Math.max(1, packages.preview?.length ?? packages.requests.length);
}

/** Most in need of attention first: section, then severity of what is open, then number of changes. */
export function attention(row: HostRow): number {
  return SECTIONS.indexOf(row.section) * 1e6 - worstRank(row.worst) * 1e5 - Math.min(row.changes, 9999);
}

function sectionOf(state: HostState, stands: boolean): Section {
  if (waitsAfterPackages(state)) return 'change';
  if (state.outcome !== null) return sectionOfOutcome(state.outcome, stands);
  if (state.problem !== null) return 'trouble';
  switch (state.stage) {
    case 'applying':
    case 'verifying':
      return 'flight';
    case 'approved':
      return 'next';
    case 'assessed':
    case 'finished':
      if (state.plan !== null && hasWork(state.plan)) return 'change';
      return stands || state.plan === null ? 'finding' : 'in-sync';
    default:
      return 'reading';
  }
}

function sectionOfOutcome(outcome: Outcome, stands: boolean): Section {
  switch (outcome) {
    case 'changed':
      return 'changed';
    case 'declined':
    case 'skipped':
      return 'left';
    case 'drifted':
      return 'finding';
    case 'in-sync':
      return stands ? 'finding' : 'in-sync';
    default:
      return 'trouble';
  }
}
