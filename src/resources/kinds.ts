import { file } from './file/file.js';
import type { FileState } from './file/file-state.js';
import { type ModuleParameterState, moduleParameter } from './module-parameter/module-parameter.js';
import type { ResourceKind } from './resource-kind.js';
import { type ServiceState, service } from './service/service.js';

/** What tsync can set. Actual and desired share one type a kind; null = absent. Undo is the change swapped. */
export interface States {
  readonly file: FileState | null;
  readonly 'module-parameter': ModuleParameterState | null;
  readonly service: ServiceState | null;
}

export type Kind = keyof States;

/** The closed list of kinds, in the order in which the resources of a playbook are made: a service starts with its files in place. */
export const KINDS: { readonly [K in Kind]: ResourceKind<NonNullable<States[K]>> } = {
  file,
  'module-parameter': moduleParameter,
  service,
};

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

export function isKind(value: unknown): value is Kind {
  return KIND_NAMES.some((kind) => kind === value);
}

/** The kind of a resource or change, for states of any kind: `kind` says which belong together. */
export function kindOf({ kind }: { readonly kind: Kind }): ResourceKind<NonNullable<States[Kind]>> {
  return KINDS[kind];
}
