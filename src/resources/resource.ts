import type { Kind, States } from './kinds.js';

export type { Kind, States } from './kinds.js';
export type RuleId = string;

interface Named<K extends Kind> {
  readonly kind: K;
  /** Path, unit with suffix, or `module.parameter`. */
  readonly name: string;
  readonly because: RuleId;
  /** The unit that a resource of the user's own wants restarted when it changes; all other actions follow from where a file lies. */
  readonly restart?: string;
}

/** One thing that is to be so. */
export type Resource = { [K in Kind]: Named<K> & { readonly desired: States[K] } }[Kind];

/** `kind:name`, unique in a plan. */
export type ChangeId = string;

export type Change = {
  [K in Kind]: Named<K> & { readonly id: ChangeId; readonly before: States[K]; readonly after: States[K] };
}[Kind];

/** What changes make necessary: derived, never written by hand. `after`: the changes that ask for it. */
export interface Action {
  readonly kind: 'restart' | 'reload-sources' | 'daemon-reload' | 'udev-trigger';
  /** A unit, or empty where there is nothing to name. */
  readonly name: string;
  readonly after: readonly ChangeId[];
  readonly withoutSyncSeconds: number;
  readonly mayStep: boolean;
}
