import type { Section, Snapshot } from '#snapshot/snapshot.js';

/**
 * How much of a snapshot is looked at. A host chooses how much it sends, and every line costs time on the machine that reads
 * hundreds of hosts: more than an honest probe can send is not worth it.
 */
export const FACT_BOUNDS = {
  /** As many as the probe reads (`probe_file` in src/probe/files.sh). */
  files: 120,
  /** The probe has about 40, and one for each process and each failed unit. */
  sections: 400,
  /** The longest honest ones (the units of systemd, the kernel's log) have some hundred. */
  lines: 4000,
  /** Of all sections together. */
  allLines: 20_000,
} as const;

/** Without what is too much: then the snapshot counts as cut off, and a section that lost lines as cut. */
export function bounded(snapshot: Snapshot): Snapshot {
  let [files, others] = [0, 0];
  const sections = snapshot.sections.filter(({ kind }) =>
    kind === 'file' ? ++files <= FACT_BOUNDS.files : ++others <= FACT_BOUNDS.sections,
  );
  const isWhole = sections.length === snapshot.sections.length;
  let left: number = FACT_BOUNDS.allLines;
  /** A file keeps its bytes: configuration has bounds of its own (`configMeter`). */
  const boundLines = (section: Section): Section => {
    if (section.kind === 'file') return section;
    const { bytes } = section;
    const { end, lines } = firstLines(bytes, Math.min(FACT_BOUNDS.lines, left));
    left -= lines;
    return end === bytes.length ? section : { ...section, bytes: bytes.subarray(0, end), truncated: true };
  };
  return { ...snapshot, sections: sections.map(boundLines), complete: snapshot.complete && isWhole };
}

/** Where the last line ends that is looked at, and how many there are. */
function firstLines(bytes: Uint8Array, most: number): { readonly end: number; readonly lines: number } {
  let end = 0;
  for (let lines = 0; lines < most; lines++) {
    const at = bytes.indexOf(LINE_FEED, end);
    if (at < 0) return { end: bytes.length, lines };
    end = at + 1;
  }
  return { end, lines: most };
}

const LINE_FEED = 0x0a;
