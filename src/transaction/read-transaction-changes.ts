import { known, shown, unknown } from '#facts/fact.js';
import type { Fact } from '#facts/facts.js';
import { filesOf } from '#facts/files.js';
import type { Sections } from '#facts/sections.js';
import type { Change, Kind, States } from '#resources/resource.js';
import { wrongPlace } from '#resources/wrong-place.js';
import { cksum } from './cksum.js';

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
    const entry: Entry = {
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
    const wrong = wrongPlace(change);
    if (wrong !== null)
      return unknown(`the host tells of a change of ${shown(change.name)}, which is refused: ${wrong}`);
    changes.push(change);
  }
  return known(changes);
}

interface Entry {
  readonly one: (key: string) => string;
  readonly all: (key: string) => readonly string[];
  /** A file's content. */
  readonly bytes: (side: Side) => Uint8Array | null;
}

type Side = 'before' | 'after';

function changeOf(entry: Entry): Change | null {
  const kind = entry.one('kind');
  if (!isKind(kind)) return null;
  const [name, because, restart] = [entry.one('name'), entry.one('because'), entry.one('restart')];
  const [before, after] = [READERS[kind](entry, 'before'), READERS[kind](entry, 'after')];
  if (before === undefined || after === undefined || name === '' || because === '') return null;
  if ([name, because, restart].some((text) => shown(text, 4096) !== text)) return null;
  return {
    id: `${kind}:${name}`,
    kind,
    name,
    before,
    after,
    because,
    ...(restart === '' ? {} : { restart }),
  } as Change;
}

/** The state on one side; undefined when it cannot be read. */
const READERS: { readonly [K in Kind]: (entry: Entry, side: Side) => States[K] | undefined } = {
  file: readFile,
  service: readService,
  'module-parameter': readParameter,
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(READERS, kind);

function readFile(entry: Entry, side: Side): States['file'] | undefined {
  const [mode = '', owner = '', group = '', length, sum] = entry.one(side).split(' ');
  if (mode === 'absent') return null;
  const bytes = entry.bytes(side);
  if (bytes === null || !/^[0-7]{1,4}$/.test(mode) || owner === '' || group === '') return undefined;
  if (String(bytes.length) !== length || String(cksum(bytes)) !== sum) return undefined;
  return { bytes, mode: mode.padStart(4, '0'), owner: shown(owner, 64), group: shown(group, 64), truncated: false };
}

function readService(entry: Entry, side: Side): States['service'] | undefined {
  const [active = '', mask = ''] = entry.one(side).split(' ');
  if (!['active', 'inactive'].includes(active) || !['masked', 'unmasked'].includes(mask)) return undefined;
  const links = entry.all(`${side}-link`);
  if (links.some((link) => shown(link, 4096) !== link)) return undefined;
  return { active: active === 'active', masked: mask === 'masked', links };
}

function readParameter(entry: Entry, side: Side): States['module-parameter'] | undefined {
  const state = entry.one(side);
  if (state === 'absent') return null;
  return state.startsWith('=') ? { value: shown(state.slice(1), 4096) } : undefined;
}
