import type { Section } from '#snapshot/snapshot.js';
import { shown } from './fact.js';
import type { FileFacts } from './facts.js';
import type { Sections } from './sections.js';

/** Every file the probe looked at, by path. What could not be read whole, or is no regular file, is never edited. */
export function filesOf(sections: Sections): ReadonlyMap<string, FileFacts> {
  const files = new Map<string, FileFacts>();
  for (const [path, section] of sections.files) files.set(path, fileFacts(section));
  return files;
}

function fileFacts(section: Section): FileFacts {
  const { state, file, bytes, truncated } = section;
  if (state === 'absent') return { state: 'absent', ...(section.writers ? { writers: section.writers } : {}) };
  if (state === 'refused')
    return { state: 'refused', reason: 'it is no regular file, a link that leads nowhere, or holds secrets' };
  if (/\p{Cc}/u.test(file?.target ?? ''))
    return { state: 'refused', reason: 'it is a link to a name with control characters' };
  if (state === 'denied') return { state: 'unreadable', reason: 'permission denied: it may need root' };
  if (state === 'timeout') return { state: 'unreadable', reason: 'reading it did not end in time' };
  if (file === null || !/^[0-7]{1,4}$/.test(file.mode))
    return { state: 'unreadable', reason: 'its owner and mode could not be read' };
  if (!truncated && file.size !== bytes.length) {
    return {
      state: 'unreadable',
      reason: `it changed while it was read: ${file.size} bytes by its entry, ${bytes.length} came`,
    };
  }
  return {
    state: 'present',
    bytes,
    mode: file.mode.padStart(4, '0'),
    owner: shown(file.owner, 64),
    group: shown(file.group, 64),
    truncated,
    resolvedTo: file.target,
    writers: file.writers,
  };
}
