import type { Judgement } from '#checks/verdict.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { HAZARDS } from '#facts/step-hazards.js';
import type { Action } from '#resources/resource.js';
import type { KnownRuleId } from '#rules/rules.js';
import type { Settings } from '#settings/settings.js';
import { offsetText, secondsText } from '#units/seconds.js';

type StepJudgement = Judgement & { readonly rule: KnownRuleId };

/**
 * Whether the actions may step the clock by more than `maxStepSeconds` (null: any). What a step would correct is taken
 * from our own measurement; where there is none, it is not known, and so not allowed. Empty where nothing may step.
 */
export function judgeStep(
  facts: Facts,
  maxStepSeconds: number | null,
  actions: readonly Action[],
): readonly StepJudgement[] {
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

/**
 * Whether the change is likely to step the clock so far that programs of this host mind: by how much and in which direction,
 * what runs there that minds, and how long a correction without a step would take. Empty where nothing may step, where the
 * clock is not known to be wrong by more than `stepWarningSeconds`, and where steps are switched off.
 */
export function judgeStepHazard(
  facts: Facts,
  { stepWarningSeconds, makestep }: Pick<Settings, 'stepWarningSeconds' | 'makestep'>,
  actions: readonly Action[],
): readonly StepJudgement[] {
  const clock = facts.clock.value;
  if (stepWarningSeconds === null || makestep === null || clock === null) return [];
  if (!actions.some((action) => action.mayStep)) return [];
  const size = Math.abs(clock.offsetSeconds);
  if (size <= stepWarningSeconds || size <= makestep.thresholdSeconds) return [];
  const forwards = clock.offsetSeconds < 0;
  const measured = { value: clock.offsetSeconds, unit: 's', bound: clock.boundSeconds };
  const limit = { value: stepWarningSeconds, unit: 's', bound: null };
  const direction = forwards ? 'forwards' : 'backwards';
  const evidence = [
    { where: 'step', text: `the clock goes ${direction} by ${secondsText(size)} at once` },
    ...mindedBy(facts, forwards),
    { where: 'without a step', text: slewText(size) },
  ];
  return [{ rule: 'clock/step-hazard', verdict: { status: 'violation', measured, limit }, evidence }];
}

function mindedBy(facts: Facts, forwards: boolean) {
  const programs = facts.around.stepMinded;
  if (programs.value === null) return [{ where: 'programs', text: `${programs.reason}: what minds is not known` }];
  const said = programs.value.flatMap((name) => {
    const hazard = HAZARDS.find(({ names }) => names.test(name));
    return hazard ? [{ where: `program ${name}`, text: forwards ? hazard.forwards : hazard.backwards }] : [];
  });
  const certificates = forwards
    ? 'those that have ended by the right time are refused from then on'
    : 'those that were issued in the skipped time are not valid yet';
  return [...said, { where: 'certificates', text: certificates }];
}

/** chronyd slews at 83333 ppm at most unless maxslewrate says otherwise (chrony.conf(5)): one second in twelve. */
function slewText(seconds: number): string {
  return `\`makestep: false\` in the playbook lets chronyd slew it in about ${secondsText(seconds * 12)} (one second in twelve, maxslewrate); until then the clock is wrong`;
}
