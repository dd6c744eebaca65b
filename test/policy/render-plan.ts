import type { Finding, HostPlan, Measurement } from '#plan/plan.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import { packageTexts } from '#report/package-lines.js';
import type { Action, Change } from '#resources/resource.js';

/** A plan as text for golden files: what is not in sync, the diffs, the actions. */
export function renderPlan(plan: HostPlan): string {
  const { asked, taken, reason } = plan.strategy;
  return [
    `strategy: ${asked} -> ${taken}`,
    `  ${reason}`,
    '',
    'findings:',
    ...plan.findings.filter((finding) => finding.status !== 'in-sync' || finding.waived !== null).map(renderFinding),
    '',
    ...(plan.packages === null
      ? []
      : ['packages first:', ...packageTexts(plan.packages).map(({ verb, text }) => `  ${verb} ${text}`)]),
    'changes:',
    ...plan.changes.map(renderChange),
    'actions:',
    ...plan.actions.map(renderAction),
    '',
  ].join('\n');
}

export function renderChange(change: Change): string {
  return `${change.id} (${change.because})\n${indent(unifiedDiff(change))}`;
}

export function renderAction({ kind, name, withoutSyncSeconds, mayStep }: Action): string {
  return `  ${kind} ${name} (${withoutSyncSeconds} s, may step: ${mayStep})`;
}

function renderFinding(finding: Finding): string {
  const evidence = finding.evidence.map(({ where, text }) => `      ${where}: ${text}`);
  return [`  ${renderVerdict(finding)}`, ...evidence].join('\n');
}

/** A finding in one line, without its evidence. */
export function renderVerdict(finding: Finding): string {
  const waived = finding.waived === null ? '' : ` [waived: ${finding.waived}]`;
  return `${finding.rule} ${finding.severity} ${describe(finding)}${waived}`;
}

function describe(finding: Finding): string {
  switch (finding.status) {
    case 'in-sync':
      return 'in-sync';
    case 'drift':
      return `drift -> ${finding.change.id}`;
    case 'violation':
      return `violation: ${measurement(finding.measured)}, wanted ${measurement(finding.limit)}`;
    case 'unknown':
      return `unknown: ${finding.problem.code}: ${finding.problem.detail}`;
  }
}

function measurement({ value, unit, bound }: Measurement): string {
  return `${value}${unit === '' ? '' : ` ${unit}`}${bound === null ? '' : ` ± ${bound}`}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
