import { printable } from '#errors/printable.js';
import type { Evidence, Finding } from '#plan/plan.js';
import { groupBy } from '#present/group-by.js';
import { measurementText } from '#units/seconds.js';
import { type Field, fieldLines } from './field.js';
import { type Drawing, severityColour } from './paint.js';

/**
 * What is wrong, what was measured, what that rests on, and what to do, in this order. Findings of one rule with the same
 * sentence (one a change) are told once, with everything that is to be done.
 */
export function findingLines(findings: readonly Finding[], drawing: Drawing): readonly string[] {
  return groupBy(findings, sameSentence).flatMap((group) => linesOf(group, drawing));
}

/** Equal for findings that say the same of a host. */
export function sameSentence(finding: Finding): string {
  return JSON.stringify([labelOf(finding), finding.rule, finding.sentence]);
}

function linesOf(findings: readonly [Finding, ...Finding[]], drawing: Drawing): readonly string[] {
  const [finding] = findings;
  const label = labelOf(finding);
  const head: Field = {
    label,
    labelColour: severityColour(label),
    text: `${printable(finding.rule)}: ${printable(finding.sentence)}`,
  };
  const fields = groupBy(findings.flatMap(details), ({ label, text }) => `${label}\n${text}`).map(([field]) => field);
  const [done, seen] = [fields.filter(isToDo), fields.filter((field) => !isToDo(field))];
  return [head, ...seen, ...done].flatMap((field) => fieldLines(field, drawing));
}

function isToDo({ label }: Field): boolean {
  return label === 'to do';
}

function labelOf(finding: Finding) {
  if (finding.waived !== null) return 'waived';
  return finding.status === 'unknown' ? 'unknown' : finding.severity;
}

function details(finding: Finding): readonly Field[] {
  if (finding.waived !== null) return [under('accepted', finding.waived)];
  const seen = finding.evidence.slice(0, MOST_EVIDENCE).map((evidence) => under('seen', evidenceText(evidence)));
  switch (finding.status) {
    case 'in-sync':
      return seen;
    case 'drift':
      return [...seen, under('to do', `tsync changes the ${finding.change.kind} ${finding.change.name}`)];
    case 'violation':
      return [
        under('found', foundText(finding)),
        under('expected', expectedText(finding)),
        ...seen,
        under('see', finding.source),
      ];
    case 'unknown':
      return [...seen, under('to do', finding.problem.hint)];
  }
}

function under(label: string, text: string): Field {
  return { label, text: printable(text), indent: DETAIL };
}

type Violation = Extract<Finding, { status: 'violation' }>;

function foundText({ measured }: Violation): string {
  return measurementText(measured);
}

/** A limit that is a number is the most that is allowed. */
function expectedText({ limit }: Violation): string {
  const text = measurementText(limit);
  return typeof limit.value === 'number' ? `at most ${text}` : text;
}

/** One line, and not more of it than helps: a host chooses how long its lines are. */
function evidenceText({ where, text }: Evidence): string {
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return shown === '' ? where : `${where}: ${shown}`;
}

const DETAIL = 12;
const MOST_EVIDENCE = 4;
const MOST_TEXT = 240;
