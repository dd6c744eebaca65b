import type { Facts } from '#facts/facts.js';
import type { Action, Change } from '#resources/resource.js';
import { actionContext } from './action-context.js';
import { deriveActions } from './derive-actions.js';

/** What changes make necessary on this host; in an image tree nothing runs that could be restarted or told. */
export function actionsOf(changes: readonly Change[], facts: Facts): readonly Action[] {
  return facts.place === 'image' ? [] : deriveActions(changes, actionContext(facts));
}
