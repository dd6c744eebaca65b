import { createRequire } from 'node:module';

/** The first thing on the way to a path that others could change, and why. */
export interface UnsafePlace {
  readonly path: string;
  readonly reason: string;
}

type WhoElseMayWrite = (file: string, demand: 'mine' | 'limited') => UnsafePlace | null;

/**
 * Who else could change what lies at a path; null: nobody. `mine`: root and this account alone may write; `limited`: not everybody
 * may. See bin/trusted-place.cjs, which the launcher asks too: one question has one answer.
 */
export function whoElseMayWrite(...[file, demand]: Parameters<WhoElseMayWrite>): UnsafePlace | null {
  loaded ??= createRequire(import.meta.url)('../../bin/trusted-place.cjs').whoElseMayWrite as WhoElseMayWrite;
  return loaded(file, demand);
}

let loaded: WhoElseMayWrite | null = null;
