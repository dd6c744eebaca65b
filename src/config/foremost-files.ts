import { nameOf } from './host-path.js';

/**
 * Of the files in several folders those that a daemon reads: of two with one name that of the folder that comes first, all of them by
 * name. `folders`: the paths in each, the foremost folder first.
 */
export function foremostFiles(folders: readonly (readonly string[])[]): readonly string[] {
  const byName = new Map(folders.toReversed().flatMap((paths) => paths.map((path) => [nameOf(path), path] as const)));
  return [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
}
