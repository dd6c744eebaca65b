import type { HostPlan } from '#plan/plan.js';
import type { MatrixRow } from './matrix.js';
import { renderChanges, renderVerdict } from './render-plan.js';

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

function renderOnce(plan: HostPlan, earlier: readonly HostPlan[]): readonly string[] {
  if (plan.changes.length === 0 && plan.actions.length === 0) return ['changes: none'];
  const text = renderChanges(plan);
  const same = earlier.find((other) => renderChanges(other).join('\n') === text.join('\n'));
  return same === undefined ? text : [`changes: as ${same.strategy.asked}`];
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
