import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { DaemonFacts } from '#facts/facts.js';
import type { ConfigReading, DaemonConfig, PresentFile } from './daemon-config.js';

/** Why nothing of a daemon's configuration is changed: what others than root write into it would be in force. Null where all is root's. */
export function whyUntrusted({ name, untrusted }: Pick<DaemonFacts, 'name' | 'untrusted'>): string | null {
  const [path] = untrusted;
  return path === undefined ? null : `${name} reads ${path}, which others than root can write.`;
}

/** The configuration of a daemon for those who may change it, or why nothing of it may be changed. */
export type EditableConfig<C> =
  | { readonly known: true; readonly config: C }
  | { readonly known: false; readonly problem: Problem };

/** Gives the configuration only where it is known as a whole and where root alone can write what the daemon reads. */
export function editableConfig<C extends DaemonConfig>(
  daemon: Pick<DaemonFacts, 'name' | 'untrusted'>,
  reading: ConfigReading<C>,
): EditableConfig<C> {
  const reason = whyUntrusted(daemon) ?? (reading.known ? null : reading.reason);
  if (reading.known && reason === null) return { known: true, config: reading.config };
  return { known: false, problem: problem('policy/config-unknown', printable(reason ?? '')) };
}

/** Why a file is not written as root, in a full sentence; null where nobody else can write it or put another in its place. */
export function whyForeign(path: string, { writers }: PresentFile): string | null {
  if (writers === 'root') return null;
  return writers === null
    ? `Who can write ${path} is not known.`
    : `Others than root can write ${path}, or put something else in its place.`;
}
