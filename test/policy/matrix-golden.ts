import type { HostPlan } from '#plan/plan.js';
import { packageTexts } from '#report/package-lines.js';
import type { Change } from '#resources/resource.js';
import type { MatrixRow } from './matrix.js';
import { renderAction, renderChange, renderVerdict } from './render-plan.js';

/** The golden file of one row: its findings, and what each strategy would do, said once where strategies agree. */
export function renderRow({ host, plans }: MatrixRow): string {
  const shared = sharedFindings(plans);
  return [
    `${host.row} (${host.origin}): ${host.about}`,
    '',
    'findings whatever the strategy:',
    ...indented(shared),
    ...plans.flatMap((plan, index) => renderStrategy(plan, shared, plans.slice(0, index))),
    '',
  ].join('\n');
}

function renderStrategy(plan: HostPlan, shared: readonly string[], earlier: readonly HostPlan[]): readonly string[] {
  const { asked, taken, reason } = plan.strategy;
  const findings = verdicts(plan).filter((line) => !shared.includes(line));
  return ['', `== ${asked} -> ${taken}`, reason, 'findings:', ...indented(findings), ...renderOnce(plan, earlier)];
}

/** The diffs and actions; `as STRATEGY` for all, or for one change, that an earlier strategy makes too. */
function renderOnce(plan: HostPlan, earlier: readonly HostPlan[]): readonly string[] {
  if (plan.packages !== null)
    return ['packages first:', ...packageTexts(plan.packages).map(({ verb, text }) => `  ${verb} ${text}`)];
  if (plan.changes.length === 0 && plan.actions.length === 0) return ['changes: none'];
  const same = earlier.find((other) => doneBy(other) === doneBy(plan));
  if (same !== undefined) return [`changes: as ${same.strategy.asked}`];
  return ['changes:', ...plan.changes.map((one) => renderChangeOnce(one, earlier)), 'actions:', ...actionsOf(plan)];
}

function renderChangeOnce(change: Change, earlier: readonly HostPlan[]): string {
  const text = renderChange(change);
  const same = earlier.find((other) => other.changes.some((one) => renderChange(one) === text));
  return same === undefined ? text : `${change.id} (${change.because}): as ${same.strategy.asked}\n`;
}

function doneBy(plan: HostPlan): string {
  return [...plan.changes.map(renderChange), ...actionsOf(plan)].join('\n');
}

function actionsOf(plan: HostPlan): readonly string[] {
  return plan.actions.length === 0 ? ['  none'] : plan.actions.map(renderAction);
}

function sharedFindings([first, ...others]: readonly HostPlan[]): readonly string[] {
  if (first === undefined) return [];
  const rest = others.map(verdicts);
  return verdicts(first).filter((line) => rest.every((lines) => lines.includes(line)));
}

/** What is not in sync, a line each. */
function verdicts(plan: HostPlan): readonly string[] {
  return plan.findings.filter(({ status }) => status !== 'in-sync').map(renderVerdict);
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`);
}
