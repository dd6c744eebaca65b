import { whyForeign } from '#config/untrusted.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { findFile } from '#resources/file/find-file.js';
import type { Wanted } from './policy.js';

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
