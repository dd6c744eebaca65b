import { createHash } from 'node:crypto';
import type { Action, Change } from '#resources/resource.js';
import { canonicalJson } from './canonical-json.js';
import { editOf } from './edit-of.js';

/** Sha256 (hex) over host, changes and actions exactly: what an approval binds to. */
export function planDigestOf(host: string, changes: readonly Change[], actions: readonly Action[]): string {
  return sha256(canonicalJson({ host, changes, actions }));
}

/** Sha256 (hex) over edits and actions without host and surroundings: equal for hosts that get the same edit. */
export function foldKeyOf(changes: readonly Change[], actions: readonly Action[]): string {
  return changes.length === 0 ? NOTHING : sha256(canonicalJson({ edits: changes.map(editOf), actions }));
}

/** Hosts with nothing to change fold together. */
const NOTHING = 'nothing';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
