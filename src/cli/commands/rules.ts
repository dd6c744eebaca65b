import { RULES } from '#policy/rules.js';
import { rulesText } from '#report/rules-text.js';
import { lookOf, print } from '../output.js';

/** `tsync rules`: every rule with its severity, source and remedy. */
export function rules(options: { readonly json?: boolean }): number {
  print(
    options.json
      ? JSON.stringify({ schemaVersion: 1, rules: RULES }, null, 2)
      : rulesText(RULES, lookOf(process.stdout)),
  );
  return 0;
}
