import type { RuleId } from '#resources/resource.js';

/** Something tsync can only measure and judge. A closed list; what each needs is in its own fields. */
export type Check =
  /** Our own measurement: |offset| of the host against the operator. */
  | { readonly kind: 'clock-offset'; readonly limitSeconds: number; readonly because: RuleId }
  /** The daemon is synchronised: leap status, reference id, stratum. */
  | { readonly kind: 'synchronised'; readonly because: RuleId }
  /** One of these sources is selected: names as `chronyc -n sources` prints them (`PHC0`, an address), or the given server names. */
  | { readonly kind: 'selected-source'; readonly anyOf: SelectedSource; readonly because: RuleId }
  /** A PTP refclock gives samples, selected or not. */
  | { readonly kind: 'watched-source'; readonly because: RuleId }
  /** The daemon's own estimate of its offset from its source. */
  | { readonly kind: 'daemon-offset'; readonly limitSeconds: number; readonly because: RuleId };

export interface SelectedSource {
  /** True: a PHC refclock (`#`) is acceptable. */
  readonly refclock: boolean;
  /** True: any NTP server (`^`) is acceptable. */
  readonly server: boolean;
}
