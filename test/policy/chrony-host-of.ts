import type { Facts } from '#facts/facts.js';
import { type ChronyHost, findChrony } from '#platforms/chrony-host.js';
import { findSystem } from '#platforms/system-scope.js';

/** The host as one whose chrony tsync sets. Throws where it is none. */
export function chronyHostOf(facts: Facts): ChronyHost {
  const found = findSystem(facts);
  const scope = found.inside ? findChrony(facts, found.system) : found;
  if (!scope.inside) throw new Error(scope.problem.detail);
  return scope.host;
}
