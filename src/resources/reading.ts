import type { Problem } from '#errors/problem.js';
import type { Kind, States } from './resource.js';

/** The actual state of a resource as the facts show it, or why it cannot be told: unknown is never taken for absent. */
export type Reading<K extends Kind> =
  | { readonly known: true; readonly state: States[K] }
  | { readonly known: false; readonly problem: Problem };
