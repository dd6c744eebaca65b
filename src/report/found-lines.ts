import { printable } from '#errors/printable.js';
import type { HostState } from '#run/run-state.js';
import { fieldLines } from './field.js';
import { countOf } from './host-names.js';
import { type Drawing, paint } from './paint.js';

/** Where an undo found what somebody else had written: which file, where that is kept, and how it is merged. */
export function foundLines(hosts: readonly HostState[], drawing: Drawing): readonly string[] {
  const concerned = hosts.filter(({ found }) => found.length > 0);
  if (concerned.length === 0) return [];
  const title = `Written by somebody else meanwhile, and kept aside: ${countOf(concerned.length, 'host')}`;
  const rows = concerned.flatMap(({ host, found }) =>
    found.flatMap(({ path, copy }) =>
      fieldLines(
        { label: printable(host), labelColour: 'bold', text: `${printable(path)}, kept as ${printable(copy)}` },
        drawing,
      ),
    ),
  );
  return ['', paint(title, 'yellow', drawing), ...rows, ...fieldLines({ label: 'to do', text: MERGE }, drawing)];
}

const MERGE = 'On the host compare the two (diff FILE COPY), merge what is wanted, and remove the copy.';
