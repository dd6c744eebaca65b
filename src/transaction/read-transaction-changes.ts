import { known, shown, unknown } from '#facts/fact.js';
import type { Fact } from '#facts/facts.js';
import { filesOf } from '#facts/files.js';
import type { Sections } from '#facts/sections.js';
import { isKind, KINDS, kindOf } from '#resources/kinds.js';
import type { Change } from '#resources/resource.js';
import type { ToldEntry } from '#resources/resource-kind.js';

/**
 * The changes of a confirmed transaction, in their order, as its saved program tells them (`tsync_tell`, docs/internals/host-programs.md):
 * contents come from the program and from the backups, and must fit the lengths and check sums that the program knows.
 * `folder` is the transaction's on the host. Unknown as soon as one part of one change is not whole.
 */
export function readTransactionChanges(sections: Sections, folder: string): Fact<readonly Change[]> {
  const files = filesOf(sections);
  const changes: Change[] = [];
  for (const name of sections.others.keys()) {
    const number = /^entry:(\d+)$/.exec(name)?.[1];
    if (number === undefined) continue;
    if (sections.whole(name, name).value === null) return unknown(`${name} did not come whole`);
    const lines = sections.lines(name);
    const entry: ToldEntry = {
      one: (key) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '',
      all: (key) => lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1)),
      bytes: (side) => {
        if (side === 'after') return sections.section(`content:${number}`)?.bytes ?? null;
        const file = files.get(`${folder}/backup/${number}`);
        return file?.state === 'present' ? file.bytes : null;
      },
    };
    const change = changeOf(entry);
    if (change === null) return unknown(`the host tells of a change that cannot be read: ${shown(entry.one('name'))}`);
    const wrong = kindOf(change).wrongPlace(change);
    if (wrong !== null)
      return unknown(`the host tells of a change of ${shown(change.name)}, which is refused: ${wrong}`);
    changes.push(change);
  }
  return known(changes);
}

function changeOf(entry: ToldEntry): Change | null {
  const kind = entry.one('kind');
  if (!isKind(kind)) return null;
  const [name, because, restart] = [entry.one('name'), entry.one('because'), entry.one('restart')];
  const [before, after] = [KINDS[kind].fromTold(entry, 'before'), KINDS[kind].fromTold(entry, 'after')];
  if (before === undefined || after === undefined || name === '' || because === '') return null;
  if ([name, because, restart].some((text) => shown(text, 4096) !== text)) return null;
  const asked = restart === '' ? {} : { restart };
  return { id: `${kind}:${name}`, kind, name, before, after, because, ...asked } as Change;
}
