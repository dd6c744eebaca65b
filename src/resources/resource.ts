/** What tsync can set. Actual and desired share one type a kind; null = absent. Undo is the change swapped. */
export interface States {
  readonly file: {
    readonly bytes: Uint8Array;
    /** Four octal digits: `0644`. */
    readonly mode: string;
    readonly owner: string;
    readonly group: string;
    readonly truncated: false;
  } | null;
  /** Enablement is the set of links (`path -> target`, sorted, without the mask): nothing less can be undone exactly. */
  readonly service: { readonly active: boolean; readonly links: readonly string[]; readonly masked: boolean } | null;
  /** At run time, in /sys/module/MODULE/parameters/NAME; what boot brings is a file. */
  readonly 'module-parameter': { readonly value: string } | null;
}

export type Kind = keyof States;
export type RuleId = string;

/** One thing that is to be so. `name`: path, unit with suffix, or `module.parameter`. */
export type Resource = {
  [K in Kind]: {
    readonly kind: K;
    readonly name: string;
    readonly desired: States[K];
    readonly because: RuleId;
  } & Consequence<K>;
}[Kind];

/** A file of the user's own may name the unit that is restarted when it changes; all other actions follow from where a file lies. */
type Consequence<K extends Kind> = K extends 'file' ? { readonly restart?: string } : unknown;

/** `kind:name`, unique in a plan. */
export type ChangeId = string;

export type Change = {
  [K in Kind]: {
    readonly id: ChangeId;
    readonly kind: K;
    readonly name: string;
    readonly before: States[K];
    readonly after: States[K];
    readonly because: RuleId;
  } & Consequence<K>;
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
