import { printable } from '#errors/printable.js';
import type { Facts } from '#facts/facts.js';
import type { Evidence, Finding } from '#plan/plan.js';
import { isOfCompliance, ruleOf } from '#rules/rules.js';
import { answerRules, type RuleAnswer } from '#rules/run-rules.js';
import { sentenceOf } from '#rules/sentence-of.js';
import type { HostState } from '#run/run-state.js';
import type { ResolvedSettings } from '#settings/settings.js';
import { measurementText } from '#units/seconds.js';
import { answerQuestions } from './explain-answers.js';
import { complianceLines } from './explain-compliance.js';
import { type Drawing, paint, severityColour } from './paint.js';
import { wrap } from './wrap.js';

/**
 * Why tsync says what it says of one host: the strategy with its reason, where each setting came from (by key as people write
 * it), every finding with what it rests on, the rule's source and the change it leads to; then the rules that hold and those
 * that could not be told, the items of compliance, and the old guide's questions as they stand for this host.
 */
export function explainText(
  state: HostState,
  { facts, settings }: { readonly facts: Facts; readonly settings: ResolvedSettings } | NotProbed,
  drawing: Drawing,
): string {
  const { host, plan, problem } = state;
  const title = paint(printable(host), 'bold', drawing);
  if (plan === null || facts === null) return `${title}\n  ${printable(problem?.detail ?? 'It was not probed.')}`;
  const { asked, taken, reason } = plan.strategy;
  const origins = Object.entries(settings.origins).map(([key, origin]) => `  ${key}: ${printable(origin)}`);
  const answers = answerRules(facts, settings.settings);
  return [
    title,
    `  strategy ${taken}${asked === taken ? '' : ` (asked: ${asked})`}`,
    ...indented(reason, drawing, 4),
    ...(origins.length === 0 ? [] : ['', paint('settings', 'bold', drawing), ...origins]),
    ...plan.findings.flatMap((finding) => ['', ...findingLines(finding, drawing)]),
    '',
    paint('other rules', 'bold', drawing),
    ...otherRules(answers, drawing),
    '',
    paint('compliance', 'bold', drawing),
    ...complianceLines(facts, plan.findings, answers, settings.settings.limits.offsetSeconds, drawing),
    '',
    paint('questions', 'bold', drawing),
    ...answerQuestions(facts).flatMap(({ question, answer }) => [
      ...indented(question, drawing, 2),
      ...indented(answer, drawing, 4),
    ]),
  ].join('\n');
}

interface NotProbed {
  readonly facts: null;
  readonly settings: null;
}

/** Rules with a condition of their own that are no finding: they hold, or what they look at could not be read. */
function otherRules(answers: readonly RuleAnswer[], drawing: Drawing): string[] {
  const holding = answers.flatMap(({ rule, answer }) => (answer === 'holds' && !isOfCompliance(rule) ? [rule] : []));
  const untold = answers.flatMap(({ rule, answer }) =>
    answer !== null && answer !== 'holds' && answer.verdict.status === 'unknown'
      ? indented(`${rule}: ${sentenceOf(rule, answer.verdict, answer.evidence)}`, drawing, 2)
      : [],
  );
  return [...(holding.length === 0 ? [] : indented(`hold: ${holding.join(', ')}`, drawing, 2)), ...untold];
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
        `found ${measurementText(finding.measured)}, expected ${measurementText(finding.limit)}`,
        `what helps: ${ruleOf(finding.rule).remedy}`,
      ];
    case 'unknown':
      return [`what helps: ${finding.problem.hint}`];
  }
}

function indented(text: string, drawing: Drawing, by: number): string[] {
  return wrap(printable(text), Math.max(40, drawing.width) - by).map((line) => `${' '.repeat(by)}${line}`);
}
