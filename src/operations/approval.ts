import type { ApplyTask } from '#engine/apply-task.js';
import type { AfterPackages } from '#engine/apply-with-packages.js';
import type { HostEnd } from '#engine/finish-host.js';
import { problem } from '#errors/problem.js';

/** Which plans may be made true, and by whose word. */
export interface Approval {
  /** Of these hosts, by name. */
  readonly hosts: ReadonlySet<string>;
  /** For the record: `--yes`, `the review screen`. */
  readonly by: string;
  readonly afterPackages: AfterPackages;
  /** How a host ends that is not among them. */
  readonly endOf: (item: ApplyTask) => HostEnd;
}

/** Decides once every host is assessed. */
export type Review = (items: readonly ApplyTask[]) => Promise<Approval>;

/** Nothing is changed: it was only to be shown (`drifted`), or nobody agreed (`declined`). */
export function approveNone(outcome: 'drifted' | 'declined'): Approval {
  return approveHosts(new Set(), '', outcome);
}

/** A person chose these hosts. Packages that come are followed by a review of their own. */
export function approveHosts(
  hosts: ReadonlySet<string>,
  by: string,
  outcome: 'drifted' | 'declined' = 'declined',
): Approval {
  return { hosts, by, afterPackages: { kind: 'leave' }, endOf: () => ({ outcome }) };
}

/** All of them, as `--yes` says; those with packages only where a word of its own approves these (`--packages`). */
export function approveAll(items: readonly ApplyTask[], options: { readonly packages: boolean }): Approval {
  const may = ({ plan }: ApplyTask) => plan.packages === null || options.packages;
  return {
    hosts: new Set(items.filter(may).map(({ task }) => task.host.name)),
    by: '--yes',
    afterPackages: { kind: 'apply', by: '--yes --packages' },
    endOf: ({ plan }) => ({
      outcome: 'drifted',
      problem: problem('packages/not-approved', plan.packages?.reason ?? ''),
    }),
  };
}
