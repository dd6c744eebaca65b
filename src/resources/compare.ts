import type { Facts } from '#facts/facts.js';
import { readFile } from './file/read-file.js';
import { sameFile } from './file/same-file.js';
import { readModuleParameter } from './module-parameter/read-module-parameter.js';
import type { Reading } from './reading.js';
import type { Change, Kind, Resource, States } from './resource.js';
import { readService } from './service/read-service.js';
import { sameService } from './service/same-service.js';

interface KindRules<K extends Kind> {
  readonly read: (facts: Facts, name: string) => Reading<K>;
  readonly same: (a: States[K], b: States[K]) => boolean;
}

/** The closed list: how the actual state of each kind is read from facts and compared. */
const KINDS: { readonly [K in Kind]: KindRules<K> } = {
  file: { read: readFile, same: sameFile },
  service: { read: readService, same: sameService },
  'module-parameter': { read: readModuleParameter, same: (a, b) => a?.value === b?.value },
};

/** The actual state of one resource, or why it cannot be told. */
export function readState<K extends Kind>(kind: K, facts: Facts, name: string): Reading<K> {
  return KINDS[kind].read(facts, name);
}

export function sameState<K extends Kind>(kind: K, a: States[K], b: States[K]): boolean {
  return KINDS[kind].same(a, b);
}

export type Comparison =
  | { readonly status: 'in-sync' }
  | { readonly status: 'drift'; readonly change: Change }
  | { readonly status: 'unknown'; readonly problem: Extract<Reading<Kind>, { known: false }>['problem'] };

/** Compares what is to be so with the host. */
export function compareResource(resource: Resource, facts: Facts): Comparison {
  const { kind, name, desired, because } = resource;
  const reading = readState(kind, facts, name);
  if (!reading.known) return { status: 'unknown', problem: reading.problem };
  if (sameState(kind, reading.state, desired)) return { status: 'in-sync' };
  return {
    status: 'drift',
    change: {
      id: `${kind}:${name}`,
      kind,
      name,
      before: reading.state,
      after: desired,
      because,
      ...(kind === 'file' && resource.restart !== undefined ? { restart: resource.restart } : {}),
    } as Change,
  };
}
