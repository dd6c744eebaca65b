import type { PlanGroup } from '#present/plan-groups.js';
import type { Scene } from './scene.js';

/** Host to the digest of the plan that was marked. */
export type Approvals = ReadonlyMap<string, string>;

/** A group with those of its hosts that are marked. */
export interface ApprovedGroup {
  readonly group: PlanGroup;
  readonly hosts: readonly string[];
}

/** A mark holds only for the plan it was given to. */
export function isApproved(approvals: Approvals, scene: Scene, host: string): boolean {
  const digest = approvals.get(host);
  return digest !== undefined && digest === scene.approvable.get(host);
}

/** The hosts whose mark holds, in the inventory's order. */
export function approvedHosts(approvals: Approvals, scene: Scene): readonly string[] {
  return [...scene.approvable.keys()].filter((host) => isApproved(approvals, scene, host));
}

export function approvedGroups(approvals: Approvals, scene: Scene): readonly ApprovedGroup[] {
  return scene.groups
    .map((group) => ({ group, hosts: group.hosts.filter((host) => isApproved(approvals, scene, host)) }))
    .filter(({ hosts }) => hosts.length > 0);
}

/** Marks every host of the list that can be approved, or takes the marks away when all of these have one. */
export function toggleHosts(approvals: Approvals, scene: Scene, hosts: readonly string[]): Approvals {
  const possible = hosts.filter((host) => scene.approvable.has(host));
  return markHosts(approvals, scene, possible, !possible.every((host) => isApproved(approvals, scene, host)));
}

export function markHosts(approvals: Approvals, scene: Scene, hosts: readonly string[], marked: boolean): Approvals {
  const next = new Map(approvals);
  for (const host of hosts) {
    const digest = scene.approvable.get(host);
    if (digest === undefined) continue;
    if (marked) next.set(host, digest);
    else next.delete(host);
  }
  return next;
}
