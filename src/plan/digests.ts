import { createHash } from 'node:crypto';
import { kindOf } from '#resources/kinds.js';
import type { Change } from '#resources/resource.js';
import { canonicalJson } from './canonical-json.js';
import { changedLines } from './line-diff.js';
import type { HostPlan } from './plan.js';

type Planned = Pick<HostPlan, 'changes' | 'actions' | 'packages'>;

/** Sha256 (hex) over host, changes, actions and packages exactly: what an approval binds to. */
export function planDigestOf({ host, changes, actions, packages }: Planned & { readonly host: string }): string {
  return sha256(canonicalJson({ host, changes, actions, ...(packages && { packages }) }));
}

/** Sha256 (hex) over edits, actions and packages without host and surroundings: equal for hosts that get the same. */
export function foldKeyOf({ changes, actions, packages }: Planned): string {
  if (changes.length === 0 && packages === null) return NOTHING;
  return sha256(canonicalJson({ edits: changes.map(editOf), actions, ...(packages && { packages }) }));
}

function editOf(change: Change): unknown {
  return { kind: change.kind, name: change.name, ...kindOf(change).edit(change, changedLines) };
}

/** Hosts with nothing to change fold together. */
const NOTHING = 'nothing';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
