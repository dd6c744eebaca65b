import type { RuleId } from '#resources/resource.js';
import { violation } from '#rules/observe.js';
import type { Decision } from './line-decision.js';

/** A waived rule changes nothing; what it would have changed is shown with the waiver. */
export function dropWaived(decisions: readonly Decision[], isWaived: (rule: RuleId) => boolean): Decision {
  const ops = decisions.flatMap((one) => one.ops);
  const own = decisions.flatMap((one) => one.own);
  return {
    ops: ops.filter((op) => !isWaived(op.rule)),
    own: own.filter((line) => !isWaived(line.rule)),
    observations: [
      ...ops
        .filter((op) => isWaived(op.rule))
        .map((op) =>
          violation(op.rule, op.placed.line.text.trim(), op.op === 'disable' ? 'switched off' : 'switched on', []),
        ),
      ...own.filter((line) => isWaived(line.rule)).map((line) => violation(line.rule, 'not configured', line.text, [])),
    ],
  };
}
