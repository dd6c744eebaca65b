import type { Playbook } from '#playbook/playbook.js';
import { loadFiles } from './load-files.js';
import { readText, sourceName } from './read-text.js';

/** Reads a playbook file, or standard input for `-`, and the files that its resources name as `src`. Throws `TsyncError` 65. */
export async function readPlaybook(path: string): Promise<Playbook> {
  const text = await readText(path);
  const { parsePlaybook } = await import('#playbook/playbook.js');
  const playbook = parsePlaybook(text, sourceName(path));
  const plays = await Promise.all(
    playbook.plays.map(async (play) => ({ ...play, settings: await loadFiles(play.settings, playbook.file) })),
  );
  return { ...playbook, plays };
}
