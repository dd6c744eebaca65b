import { kindOf } from '#resources/kinds.js';
import type { Change } from '#resources/resource.js';
import { isOfPlaybook } from '#rules/rules.js';
import { optionsPath, type UserResource } from '#settings/user-resource.js';

/**
 * Parameters of the probe (docs/internals/host-programs.md) for what it does not read by itself: the paths, units and module parameters
 * that a playbook names, and those that the changes of an earlier run touched. Each once.
 */
export function askedBy(resources: readonly UserResource[], changes: readonly Change[] = []): readonly string[] {
  const own = changes.filter(({ because }) => isOfPlaybook(because));
  return [...new Set([...resources.flatMap(askedByResource), ...own.flatMap(askedByChange)])];
}

function askedByResource(resource: UserResource): readonly string[] {
  switch (resource.kind) {
    case 'file':
      return [`path=${resource.path}`, ...(resource.restart === null ? [] : [`unit=${resource.restart}`])];
    case 'service':
      return [`unit=${resource.unit}`];
    case 'module-parameter':
      return [`path=${optionsPath(resource.module)}`, `parameter=${resource.module}.${resource.parameter}`];
  }
}

function askedByChange(change: Change): string {
  return `${kindOf(change).probeParameter}=${change.name}`;
}
