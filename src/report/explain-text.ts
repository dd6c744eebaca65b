import { printable } from '#errors/printable.js';
import type { Evidence, Finding } from '#plan/plan.js';
import type { HostState } from '#run/run-state.js';
import { type Drawing, paint, severityColour } from './paint.js';
import { wrap } from './wrap.js';

/**
 * Why tsync says what it says of one host: the strategy with its reason, where each setting came from (`origins`, by key as people
 * write it), then every finding with what it rests on, the rule's source, and the change it leads to.
 */
export function explainText(state: HostState, origins: { readonly [key: string]: string }, drawing: Drawing): string {
  const { host, plan, problem } = state;
  const title = paint(printable(host), 'bold', drawing);
  if (plan === null) return `${title}\n  ${printable(problem?.detail ?? 'It was not probed.')}`;
  const { asked, taken, reason } = plan.strategy;
  const settings = Object.entries(origins).map(([key, origin]) => `  ${key}: ${printable(origin)}`);
  return [
    title,
    `  strategy ${taken}${asked === taken ? '' : ` (asked: ${asked})`}`,
    ...indented(reason, drawing, 4),
    ...(settings.length === 0 ? [] : ['', paint('settings', 'bold', drawing), ...settings]),
    ...plan.findings.flatMap((finding) => ['', ...findingLines(finding, drawing)]),
  ].join('\n');
}

function findingLines(finding: Finding, drawing: Drawing): string[] {
  const { rule, severity, sentence, evidence, source, waived } = finding;
  const status =
    finding.status === 'in-sync'
      ? paint('in sync', 'green', drawing)
      : paint(`${finding.status}, ${severity}`, severityColour(severity), drawing);
  return [
    `${paint(rule, 'bold', drawing)}  ${status}`,
    ...indented(sentence, drawing, 2),
    ...evidence.map((seen) => `    ${evidenceText(seen)}`),
    ...consequence(finding).flatMap((text) => indented(text, drawing, 2)),
    ...(waived === null ? [] : indented(`waived: ${waived}`, drawing, 2)),
    ...indented(`source: ${source}`, drawing, 2).map((line) => paint(line, 'dim', drawing)),
  ];
}

function evidenceText({ where, text }: Evidence): string {
  return `${printable(where)}: ${printable(text)}`;
}

function consequence(finding: Finding): string[] {
  switch (finding.status) {
    case 'in-sync':
      return [];
    case 'drift':
      return [`leads to: change ${finding.change.kind} ${finding.change.name}`];
    case 'violation':
      return [
        `measured ${finding.measured.value} ${finding.measured.unit}, wanted ${finding.limit.value} ${finding.limit.unit}`,
      ];
    case 'unknown':
      return [`${finding.problem.summary}: ${finding.problem.detail} ${finding.problem.hint}`];
  }
}

function indented(text: string, drawing: Drawing, by: number): string[] {
  return wrap(printable(text), Math.max(40, drawing.width) - by).map((line) => `${' '.repeat(by)}${line}`);
}
