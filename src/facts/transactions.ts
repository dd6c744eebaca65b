import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, HostTransaction } from './facts.js';
import type { Sections } from './sections.js';

/** Transactions of any tsync on the host that are neither confirmed nor reverted; root alone can see them. */
export function openTransactionsFact(sections: Sections): Fact<readonly HostTransaction[]> {
  const all = transactionsFact(sections);
  return all.value === null ? all : known(all.value.filter(isOpen));
}

/** Every transaction that the section tells of, newest first; the answer to `list` has the finished ones too. */
export function transactionsFact(sections: Sections): Fact<readonly HostTransaction[]> {
  return blocksFact(sections, 'transaction');
}

/** Work on packages that was begun and did not end: `packages ID` in the same section. */
export function openPackageWorkFact(sections: Sections): Fact<readonly HostTransaction[]> {
  return blocksFact(sections, 'packages');
}

/** Of an image tree: nothing there is believed, and nothing of it is touched. */
export const NOT_OURS = '/var/lib/tsync of this tree, or what it lies in, is a link, no folder, or of another user';

function blocksFact(sections: Sections, kind: 'transaction' | 'packages'): Fact<readonly HostTransaction[]> {
  const section = sections.section('transactions');
  if (section?.state === 'denied') return unknown('/var/lib/tsync may be read by root only');
  if (section?.state === 'refused') return unknown(NOT_OURS);
  return whenKnown(sections.whole('transactions', '/var/lib/tsync'), (text) => {
    const blocks = text.split(/^(?=transaction |packages )/m).filter((block) => block.startsWith(`${kind} `));
    return known(blocks.flatMap((block) => readTransaction(block.slice(kind.length + 1))));
  });
}

/** Neither confirmed nor reverted: what it changed may still be taken back, or needs somebody to look. */
export function isOpen({ state }: HostTransaction): boolean {
  return state !== 'confirmed' && state !== 'reverted' && state !== 'preparing';
}

/** The first line is the id, then `state=`, for an open one `guard=`, `found=` for each copy, then the lines of `meta`. */
function readTransaction(block: string): readonly HostTransaction[] {
  const [id = '', ...lines] = block.split('\n');
  if (id.trim() === '') return [];
  const values = new Map<string, string>();
  const found: string[] = [];
  for (const line of lines) {
    const at = line.indexOf('=');
    if (line.startsWith('found=')) found.push(shown(line.slice(at + 1)));
    if (at > 0 && !values.has(line.slice(0, at))) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const said = (name: string) => shown(values.get(name) ?? 'unknown');
  return [
    {
      id: shown(id),
      state: said('state'),
      who: said('who'),
      run: said('run'),
      startedAt: said('started'),
      guard: guardOf(values.get('guard')),
      ...(found.length === 0 ? {} : { found }),
    },
  ];
}

function guardOf(text: string | undefined): HostTransaction['guard'] {
  if (text === undefined) return { state: 'unknown', leftSeconds: null };
  if (text === 'none') return { state: 'none', leftSeconds: null };
  if (text === 'late') return { state: 'due', leftSeconds: null };
  return /^\d{1,6}$/.test(text)
    ? { state: 'armed', leftSeconds: Number(text) }
    : { state: 'unknown', leftSeconds: null };
}
