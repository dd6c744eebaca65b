import type { Evidence } from '#checks/verdict.js';
import type { PlacedLine } from '#config/daemon-config.js';
import { printable } from '#errors/printable.js';

/** Evidence made safe to show and short; a line end is dropped. */
export function evidence(where: string, text: string): Evidence {
  return { where: printable(where.slice(0, MOST_TEXT)), text: printable(text.slice(0, MOST_TEXT).trimEnd()) };
}

/** `/etc/chrony/chrony.conf:12` and the line. */
export function lineEvidence({ file, index, line }: PlacedLine): Evidence {
  return evidence(`${file.path}:${index + 1}`, line.text);
}

/** The first ones, and how many more there are. */
export function fewOf(seen: readonly Evidence[]): readonly Evidence[] {
  if (seen.length <= MOST_EVIDENCE) return seen;
  const rest = seen.length - MOST_EVIDENCE;
  return [...seen.slice(0, MOST_EVIDENCE), { where: 'and', text: `${rest} more like these` }];
}

/** A host chooses how many lines it has and how long they are. */
const MOST_EVIDENCE = 50;
const MOST_TEXT = 1000;
