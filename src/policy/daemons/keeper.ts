import type { Check } from '#checks/check.js';
import type { DaemonConfig } from '#config/daemon-config.js';
import type { Problem } from '#errors/problem.js';
import type { DaemonName } from '#facts/facts.js';
import type { CloudChoice } from '#platforms/cloud-servers.js';
import type { RuleId } from '#resources/resource.js';
import type { Observation } from '#rules/observation.js';
import type { KnownRuleId } from '#rules/rules.js';
import type { Wanted } from '../policy.js';
import type { PtpOffer } from '../ptp-offer.js';
import type { Taken } from '../take-strategy.js';

/** The daemon that is to keep the clock of a host, with all that the policy must know of it. Pure, as all here. */
export interface Keeper {
  readonly daemon: DaemonName;
  readonly offer: PtpOffer;
  readonly config: DaemonConfig;
  /** The server of the cloud, where it may be taken. */
  readonly cloud: CloudChoice | null;
  /** What is so whatever the strategy. */
  readonly observations: readonly Observation[];
  /** Whether it sets the clock at all; nothing with strategies that stop it. */
  readonly clockControl: ClockControl;
  /** Why it cannot take what the settings ask for, in a full sentence, or null. */
  readonly refusal: string | null;
  /** What the strategy means for it. */
  readonly make: (taken: Taken, isWaived: (rule: RuleId) => boolean) => Made;
  /** What it must say of the clock, besides that it is synchronised. */
  readonly checks: (taken: Taken) => readonly Check[];
}

export interface ClockControl {
  readonly observations: readonly Observation[];
  /** Why nothing that is changed here could be proved: it does not set the clock. Null: it does, or that is not known. */
  readonly problem: Problem | null;
}

export interface Made {
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
  /** Why nothing may be changed, or null. */
  readonly withheld: Problem | null;
}

/** A daemon whose configuration is not known as a whole keeps nothing: then `rule` is unknown. */
export type KeeperReading =
  | { readonly known: true; readonly keeper: Keeper }
  | { readonly known: false; readonly rule: KnownRuleId; readonly problem: Problem };
