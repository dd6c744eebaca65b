import type { Facts } from '#facts/facts.js';
import type { Finding } from '#plan/plan.js';
import { type ComplianceItem, itemsFor, judgeItem, type RuleStanding } from '#rules/compliance-items.js';
import type { RuleAnswer } from '#rules/run-rules.js';
import { type Drawing, paint } from './paint.js';
import { wrap } from './wrap.js';

/** The items of compliance that speak of this host, each with whether it is met and what the rules cannot show; `offsetSeconds`: limits.offset. */
export function complianceLines(
  facts: Facts,
  findings: readonly Finding[],
  answers: readonly RuleAnswer[],
  offsetSeconds: number,
  drawing: Drawing,
): readonly string[] {
  const standing = standings(findings, answers);
  return itemsFor(facts.os.value).flatMap((item) => {
    const met = judgeItem(item, (rule) => standing.get(rule) ?? null, offsetSeconds);
    return [...itemLines(item, met, drawing), ...noteLines(item, met, drawing)];
  });
}

const COLOURS = { met: 'green', 'not met': 'red', waived: 'yellow', 'not judged': 'yellow' } as const;

function itemLines({ regime, item, demand, rules }: ComplianceItem, met: keyof typeof COLOURS, drawing: Drawing) {
  const shownBy = rules.length === 0 ? '' : ` (${rules.join(', ')})`;
  const [first = '', ...rest] = wrap(`${regime} ${item}: ${demand}${shownBy}`, Math.max(40, drawing.width) - 14);
  return [
    `  ${paint(met.padEnd(10), COLOURS[met], drawing)}  ${first}`,
    ...rest.map((line) => `${' '.repeat(14)}${line}`),
  ];
}

/** A note is of use where an item is not plainly met. */
function noteLines({ note }: ComplianceItem, met: string, drawing: Drawing): readonly string[] {
  if (met === 'met' || note === '') return [];
  return wrap(note, Math.max(40, drawing.width) - 14).map((line) => paint(`${' '.repeat(14)}${line}`, 'dim', drawing));
}

/** The worst that was said of each rule, by its findings and by its own condition. */
function standings(findings: readonly Finding[], answers: readonly RuleAnswer[]): ReadonlyMap<string, RuleStanding> {
  const worst = new Map<string, RuleStanding>();
  const note = (rule: string, standing: RuleStanding) => {
    const before = worst.get(rule);
    if (before === undefined || WORST.indexOf(standing) > WORST.indexOf(before)) worst.set(rule, standing);
  };
  for (const { rule, answer } of answers) {
    if (answer === 'holds') note(rule, 'holds');
    else if (answer !== null) note(rule, answer.verdict.status === 'unknown' ? 'unknown' : 'broken');
  }
  const waived = new Set(findings.filter((finding) => finding.waived !== null).map(({ rule }) => rule));
  for (const rule of waived) worst.delete(rule);
  for (const finding of findings) {
    if (finding.status === 'in-sync') note(finding.rule, 'holds');
    else if (finding.waived !== null) note(finding.rule, 'waived');
    else note(finding.rule, finding.status === 'unknown' ? 'unknown' : 'broken');
  }
  return worst;
}

const WORST: readonly RuleStanding[] = ['holds', 'waived', 'unknown', 'broken'];
