import type { Judgement } from '#checks/verdict.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { Action } from '#resources/resource.js';
import type { KnownRuleId } from '#rules/rules.js';
import { offsetText, secondsText } from '#units/seconds.js';

/**
 * Whether the actions may step the clock by more than `maxStepSeconds` (null: any). What a step would correct is taken
 * from our own measurement; where there is none, it is not known, and so not allowed. Empty where nothing may step.
 */
export function judgeStep(
  facts: Facts,
  maxStepSeconds: number | null,
  actions: readonly Action[],
): readonly (Judgement & { readonly rule: KnownRuleId })[] {
  if (maxStepSeconds === null || !actions.some((action) => action.mayStep)) return [];
  const rule = 'clock/step';
  const clock = facts.clock.value;
  if (clock === null) {
    return [{ rule, verdict: { status: 'unknown', problem: stepTooLarge(facts, maxStepSeconds) }, evidence: [] }];
  }
  const evidence = [{ where: 'own measurement', text: offsetText(clock.offsetSeconds, clock.boundSeconds) }];
  if (Math.abs(clock.offsetSeconds) <= maxStepSeconds) return [{ rule, verdict: { status: 'in-sync' }, evidence }];
  const measured = { value: clock.offsetSeconds, unit: 's', bound: clock.boundSeconds };
  const limit = { value: maxStepSeconds, unit: 's', bound: null };
  return [{ rule, verdict: { status: 'violation', measured, limit }, evidence }];
}

/** Why nothing is changed then. */
export function stepTooLarge(facts: Facts, maxStepSeconds: number | null): Problem {
  const clock = facts.clock.value;
  const wrong =
    clock === null
      ? 'by an amount that could not be measured'
      : `by ${offsetText(clock.offsetSeconds, clock.boundSeconds)}`;
  const limit = maxStepSeconds === null ? 'not set' : secondsText(maxStepSeconds);
  return problem('policy/step-too-large', `The clock is wrong ${wrong}; max_step is ${limit}.`);
}
