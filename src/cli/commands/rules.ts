import { rulesText } from '#report/rules-text.js';
import { COMPLIANCE, itemsOf } from '#rules/compliance-items.js';
import type { Rule } from '#rules/rule.js';
import { RULES } from '#rules/rules.js';
import { lookOf, print } from '../output.js';

/** `tsync rules`: every rule with where it applies, its source and remedy, and the items of compliance that it shows. */
export function rules(options: { readonly json?: boolean }): number {
  print(
    options.json
      ? JSON.stringify({ schemaVersion: 1, rules: RULES.map(withItems), compliance: COMPLIANCE }, null, 2)
      : rulesText(RULES, lookOf(process.stdout)),
  );
  return 0;
}

function withItems({ id, severity, sentence, broken, applies, source, remedy }: Rule) {
  return { id, severity, sentence, broken, applies, source, remedy, compliance: itemsOf(id) };
}
