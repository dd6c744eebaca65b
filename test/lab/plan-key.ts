import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operator } from './operator.js';

/** The key that plans of this operator are sealed with: a test that edits a plan seals it again. */
export function planKeyOf(operator: Operator): Uint8Array {
  return readFileSync(join(operator.home, 'state/tsync/plan.key'));
}
