import type { PlacedLine } from '#config/daemon-config.js';
import type { Observation } from '#rules/observation.js';
import type { KnownRuleId } from '#rules/rules.js';

/** One line of the configuration to be switched off, or on again. */
export interface LineOp {
  readonly placed: PlacedLine;
  readonly op: 'disable' | 'enable';
  readonly rule: KnownRuleId;
}

/** One line that is to stand in a place of ours. */
export interface OwnLine {
  readonly text: string;
  readonly rule: KnownRuleId;
}

/** What one subject (servers, PTP clock, steps) asks of chrony's configuration. */
export interface Decision {
  readonly ops: readonly LineOp[];
  readonly own: readonly OwnLine[];
  readonly observations: readonly Observation[];
}

/** Of lines with one text the first. */
export function onceEach(lines: readonly OwnLine[]): readonly OwnLine[] {
  return [...Map.groupBy(lines, ({ text }) => text).values()].flatMap(([first]) => first ?? []);
}

export function disable(placed: PlacedLine, rule: KnownRuleId): LineOp {
  return { placed, op: 'disable', rule };
}

export function enable(placed: PlacedLine, rule: KnownRuleId): LineOp {
  return { placed, op: 'enable', rule };
}
