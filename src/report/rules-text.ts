import { itemsOf } from '#rules/compliance-items.js';
import type { Rule } from '#rules/rule.js';
import { type Drawing, paint, severityColour } from './paint.js';
import { wrap } from './wrap.js';

/** Every rule: id and severity, what is said where it holds and where it does not, where it applies, what helps, why it is true, and which items of compliance it shows. */
export function rulesText(rules: readonly Rule[], drawing: Drawing): string {
  return rules.map((rule) => ruleLines(rule, drawing).join('\n')).join('\n\n');
}

function ruleLines({ id, severity, sentence, broken, applies, remedy, source }: Rule, drawing: Drawing): string[] {
  const indented = (text: string) => wrap(text, Math.max(40, drawing.width) - 2).map((line) => `  ${line}`);
  const items = itemsOf(id);
  return [
    `${paint(id, 'bold', drawing)}  ${paint(severity, severityColour(severity), drawing)}`,
    ...indented(`${sentence} ${applies}`),
    ...indented(`if not: ${broken}`),
    ...indented(remedy),
    ...indented(source).map((line) => paint(line, 'dim', drawing)),
    ...(items.length === 0 ? [] : indented(`shows: ${items.join('; ')}`)),
  ];
}
