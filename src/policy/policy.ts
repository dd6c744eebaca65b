import type { Check } from '#checks/check.js';
import type { Evidence } from '#checks/verdict.js';
import type { Problem } from '#errors/problem.js';
import type { PackagePlan } from '#packages/package-plan.js';
import type { Resource } from '#resources/resource.js';
import type { Observation } from '#rules/observation.js';
import type { KnownRuleId } from '#rules/rules.js';

/** Why a resource is to be so: one rule and what was seen. */
export interface Reason {
  readonly rule: KnownRuleId;
  readonly evidence: readonly Evidence[];
}

/** A resource with every rule that asks for it, the first one foremost. */
export interface Wanted {
  readonly resource: Resource;
  readonly reasons: readonly Reason[];
}

export interface TakenStrategy {
  readonly asked: string;
  readonly taken: string;
  readonly reason: string;
}

/** A server that the strategy asks for and that a plain question can try: without NTS and without a key. */
export interface NewServer {
  readonly address: string;
  /** The rule that brings it; the server is new where that rule leads to a change. */
  readonly rule: KnownRuleId;
}

/** What the settings mean for one host. */
export interface Policy {
  readonly strategy: TakenStrategy;
  /** In the order in which they are to be made so. */
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
  readonly checks: readonly Check[];
  readonly servers: readonly NewServer[];
  /** Packages that must be there before anything can be set; then nothing else is wanted yet. Null: none. */
  readonly packages: PackagePlan | null;
  /** Why nothing may be changed, whatever differs: half of a configuration proves nothing. Null: changes may be made. */
  readonly withheld: Problem | null;
}
