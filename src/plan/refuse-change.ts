import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { writersOf } from '#resources/file/find-file.js';
import { wrongFilePlace } from '#resources/file/wrong-file-place.js';
import type { Change } from '#resources/resource.js';

/** Why one change is not made: the playbook protects its name, or others than root could write where it writes. Null: it may be. */
export function refuseChange(change: Change, facts: Facts, protectedNames: readonly string[]): Problem | null {
  if (protectedNames.includes(change.name))
    return problem('policy/protected', `${change.name} would change, and the playbook protects it.`);
  if (change.kind !== 'file') return null;
  const wrong = wrongFilePlace(change.name);
  if (wrong !== null) return problem('policy/place-refused', printable(`${change.name}: ${wrong}.`));
  return writersOf(facts, change.name) === 'others'
    ? problem('policy/place-refused', printable(`Others than root may write a folder on the way to ${change.name}.`))
    : null;
}
