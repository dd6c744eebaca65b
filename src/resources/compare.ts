import type { Problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { KINDS, type Kind, type States } from './kinds.js';
import type { Reading } from './reading.js';
import type { Change, Resource } from './resource.js';

/** The actual state of one resource, or why it cannot be told. */
export function readState<K extends Kind>(kind: K, facts: Facts, name: string): Reading<NonNullable<States[K]>> {
  return KINDS[kind].read(facts, name);
}

export function sameState<K extends Kind>(kind: K, a: States[K], b: States[K]): boolean {
  return a === null || b === null ? a === b : KINDS[kind].same(a, b);
}

export type Comparison =
  | { readonly status: 'in-sync' }
  | { readonly status: 'drift'; readonly change: Change }
  | { readonly status: 'unknown'; readonly problem: Problem };

/** Compares what is to be so with the host. */
export function compareResource({ desired, ...resource }: Resource, facts: Facts): Comparison {
  const { kind, name } = resource;
  const reading = readState(kind, facts, name);
  if (!reading.known) return { status: 'unknown', problem: reading.problem };
  if (sameState(kind, reading.state, desired)) return { status: 'in-sync' };
  return {
    status: 'drift',
    change: { id: `${kind}:${name}`, ...resource, before: reading.state, after: desired } as Change,
  };
}
