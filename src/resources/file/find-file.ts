import type { Facts, FileFacts } from '#facts/facts.js';
import type { Writers } from '#snapshot/snapshot.js';

/** What was read at `path`, which may be where a symbolic link leads; null: nobody read it. */
export function findFile(facts: Facts, path: string): FileFacts | null {
  const direct = facts.files.get(path);
  if (direct !== undefined) return direct;
  for (const file of facts.files.values()) if (file.state === 'present' && file.resolvedTo === path) return file;
  return null;
}

/** Who may put another file at this path: null where the host did not say. */
export function writersOf(facts: Facts, path: string): Writers | null {
  const file = findFile(facts, path);
  return (file !== null && 'writers' in file ? file.writers : null) ?? null;
}
