import type { DaemonFacts } from '#facts/facts.js';
import type { PresentFile } from './config-layout.js';

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
