import type { Playbook } from '#policy/playbook.js';
import { readText, sourceName } from './read-text.js';

/** Reads a playbook file, or standard input for `-`. Throws `TsyncError` 65. */
export async function readPlaybook(path: string): Promise<Playbook> {
  const text = await readText(path);
  const { parsePlaybook } = await import('#policy/playbook.js');
  return parsePlaybook(text, sourceName(path));
}
