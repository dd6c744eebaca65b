import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, OpenTransaction } from './facts.js';
import type { Sections } from './sections.js';

/** Transactions of any tsync on the host that are neither confirmed nor reverted; root alone can see them. */
export function openTransactionsFact(sections: Sections): Fact<readonly OpenTransaction[]> {
  const section = sections.section('transactions');
  if (section?.state === 'denied') return unknown('/var/lib/tsync may be read by root only');
  return whenKnown(sections.whole('transactions', '/var/lib/tsync'), (text) => {
    const blocks = text.split(/^transaction /m).slice(1);
    return known(blocks.flatMap(readTransaction));
  });
}

/** The first line is the id, then `state=`, then the lines of `meta`. */
function readTransaction(block: string): readonly OpenTransaction[] {
  const [id = '', ...lines] = block.split('\n');
  const values = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at > 0 && !values.has(line.slice(0, at))) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const state = shown(values.get('state') ?? 'unknown');
  if (id.trim() === '' || state === 'confirmed' || state === 'reverted') return [];
  return [
    {
      id: shown(id),
      state,
      who: shown(values.get('who') ?? 'unknown'),
      startedAt: shown(values.get('started') ?? 'unknown'),
    },
  ];
}
