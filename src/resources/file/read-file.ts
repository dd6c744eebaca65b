import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Facts, FileFacts } from '#facts/facts.js';
import type { Writers } from '#snapshot/snapshot.js';
import type { Reading } from '../reading.js';

/** The file at `path` (a symbolic link's end, when `path` is the resolved one) as the facts show it. */
export function readFile(facts: Facts, path: string): Reading<'file'> {
  const file = findFile(facts, path);
  if (file === null) return unknown(`${path} was not among the files that were read.`);
  if (file.state === 'absent') return { known: true, state: null };
  if (file.state !== 'present') return unknown(`${path} could not be read: ${printable(file.reason)}`);
  if (file.truncated) return unknown(`${path} is larger than what is read of a file, so it is not known as a whole.`);
  const { bytes, mode, owner, group } = file;
  return { known: true, state: { bytes, mode, owner, group, truncated: false } };

  function unknown(detail: string): Reading<'file'> {
    return { known: false, problem: problem('resources/file-unknown', detail) };
  }
}

/** Who may put another file at this path: null where the host did not say. */
export function writersOf(facts: Facts, path: string): Writers | null {
  const file = findFile(facts, path);
  return (file !== null && 'writers' in file ? file.writers : null) ?? null;
}

export function findFile(facts: Facts, path: string): FileFacts | null {
  const direct = facts.files.get(path);
  if (direct !== undefined) return direct;
  for (const file of facts.files.values()) if (file.state === 'present' && file.resolvedTo === path) return file;
  return null;
}
