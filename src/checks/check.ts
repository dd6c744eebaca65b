import type { RuleId } from '#resources/resource.js';

/** Something tsync can only measure and judge. A closed list; what each needs is in its own fields. */
export type Check =
  /** Our own measurement: |offset| of the host against the operator. */
  | { readonly kind: 'clock-offset'; readonly limitSeconds: number; readonly because: RuleId }
  /** The daemon is synchronised: leap status, reference id, stratum. */
  | { readonly kind: 'synchronised'; readonly because: RuleId }
  /**
   * The daemon has selected a source of such a kind. `names`: one of these (systemd-timesyncd alone, whose servers of DHCP cannot be
   * left out); null: any.
   */
  | {
      readonly kind: 'selected-source';
      readonly anyOf: SelectedSource;
      readonly names: readonly string[] | null;
      readonly because: RuleId;
    }
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
