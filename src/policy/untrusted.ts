import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { findFile } from '#resources/file/read-file.js';
import type { PresentFile } from './config-layout.js';
import type { Wanted } from './policy.js';

/** Why nothing of a daemon's configuration is changed: what others than root write into it would be in force. Null where all is root's. */
export function whyUntrusted({ name, untrusted }: Pick<DaemonFacts, 'name' | 'untrusted'>): string | null {
  const [path] = untrusted;
  return path === undefined ? null : `${name} reads ${path}, which others than root can write.`;
}

/** Why a file is not written as root, in a full sentence; null where nobody else can write it or put another in its place. */
export function whyForeign(path: string, { writers }: PresentFile): string | null {
  if (writers === 'root') return null;
  return writers === null
    ? `Who can write ${path} is not known.`
    : `Others than root can write ${path}, or put something else in its place.`;
}

/** The first of the files that are to be changed which is not root's alone. */
export function findForeign(wanted: readonly Wanted[], facts: Facts): Problem | null {
  for (const { resource } of wanted) {
    if (resource.kind !== 'file') continue;
    const file = findFile(facts, resource.name);
    const why = file?.state === 'present' ? whyForeign(resource.name, file) : null;
    if (why !== null) return problem('policy/edit-refused', printable(why));
  }
  return null;
}
