import type { Host } from './host.js';

/** Who can be reached: all hosts and groups of one inventory file. */
export interface Inventory {
  readonly file: string;
  /** Sha256 (hex) of its text: which inventory this is. */
  readonly digest: string;
  /** In the order in which they are first named. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Names of the hosts of each group and of its children, in the order of `hosts`; `all` and `ungrouped` are always there. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}
