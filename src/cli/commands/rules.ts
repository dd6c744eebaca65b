import { rulesText } from '#report/rules-text.js';
import { COMPLIANCE, itemsOf } from '#rules/compliance-items.js';
import type { Rule } from '#rules/rule.js';
import { RULES } from '#rules/rules.js';
import type { OutputOptions } from '../options.js';
import { printDocument } from '../output.js';

/** `tsync rules`: every rule with where it applies, its source and remedy, and the items of compliance that it shows. */
export function rules(options: OutputOptions): number {
  const document = { rules: RULES.map(withItems), compliance: COMPLIANCE };
  printDocument(options, document, (drawing) => rulesText(RULES, drawing));
  return 0;
}

function withItems({ id, severity, sentence, broken, applies, source, remedy }: Rule) {
  return { id, severity, sentence, broken, applies, source, remedy, compliance: itemsOf(id) };
}
