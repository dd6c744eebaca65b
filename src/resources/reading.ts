import type { Problem } from '#errors/problem.js';

/** The actual state of a resource as the facts show it (null: absent), or why it cannot be told: unknown is never taken for absent. */
export type Reading<S> =
  | { readonly known: true; readonly state: S | null }
  | { readonly known: false; readonly problem: Problem };
