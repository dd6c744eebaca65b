import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { clockStateOf } from '#facts/clock-state.js';
import type { Facts } from '#facts/facts.js';
import { offsetText, secondsText } from '#units/seconds.js';
import type { Judgement } from './verdict.js';

/**
 * Our own measurement against the limit. The true offset lies within the bound of the measured one: only when all of
 * that range is on one side of the limit is anything known.
 */
export function judgeClockOffset(facts: Facts, limitSeconds: number): Judgement {
  const { measured: clock } = clockStateOf(facts);
  if (clock.value === null && facts.place === 'here') {
    const detail = 'tsync runs on this machine: its clock cannot be measured against itself.';
    return { verdict: { status: 'unknown', problem: problem('checks/offset-itself', detail) }, evidence: [] };
  }
  if (clock.value === null) {
    const detail = `No exchange of timestamps came through: ${printable(clock.reason)}`;
    return { verdict: { status: 'unknown', problem: problem('checks/offset-unknown', detail) }, evidence: [] };
  }
  const { offsetSeconds, boundSeconds, exchanges } = clock.value;
  const text = `${offsetText(offsetSeconds, boundSeconds)}, ${exchanges} exchanges`;
  const evidence = [{ where: 'own measurement', text }];
  if (Math.abs(offsetSeconds) + boundSeconds <= limitSeconds) return { verdict: { status: 'in-sync' }, evidence };
  if (Math.abs(offsetSeconds) - boundSeconds > limitSeconds) {
    const measured = { value: offsetSeconds, unit: 's', bound: boundSeconds };
    return {
      verdict: { status: 'violation', measured, limit: { value: limitSeconds, unit: 's', bound: null } },
      evidence,
    };
  }
  const detail = `Measured ${text}; whether that is within ${secondsText(limitSeconds)} cannot be told.`;
  return { verdict: { status: 'unknown', problem: problem('checks/offset-uncertain', detail) }, evidence };
}
