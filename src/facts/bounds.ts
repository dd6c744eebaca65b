import type { Section, Snapshot } from '#snapshot/snapshot.js';

/**
 * How much of a snapshot is looked at. A host chooses how much it sends, and every line costs time on the machine that reads
 * hundreds of hosts: more than an honest probe can send is not worth it.
 */
export const FACT_BOUNDS = {
  /** As many as the probe reads (`probe_file` in probe.sh). */
  files: 120,
  /** The probe has about 40, and one for each process and each failed unit. */
  sections: 400,
  /** The longest honest ones (the units of systemd, the kernel's log) have some hundred. */
  lines: 4000,
} as const;

/** Without what is too much: then the snapshot counts as cut off, and a section that lost lines as cut. */
export function bounded(snapshot: Snapshot): Snapshot {
  let [files, others] = [0, 0];
  const sections = snapshot.sections.filter(({ kind }) =>
    kind === 'file' ? ++files <= FACT_BOUNDS.files : ++others <= FACT_BOUNDS.sections,
  );
  const isWhole = sections.length === snapshot.sections.length;
  return { ...snapshot, sections: sections.map(boundLines), complete: snapshot.complete && isWhole };
}

/** A file keeps its bytes: what may not be edited has bounds of its own. */
function boundLines(section: Section): Section {
  if (section.kind === 'file') return section;
  const end = endOfLines(section.bytes);
  return end === section.bytes.length ? section : { ...section, bytes: section.bytes.subarray(0, end), truncated: true };
}

/** Where the last line ends that is looked at. */
function endOfLines(bytes: Uint8Array): number {
  let end = -1;
  for (let count = 0; count < FACT_BOUNDS.lines; count++) {
    end = bytes.indexOf(LINE_FEED, end + 1);
    if (end < 0) return bytes.length;
  }
  return end + 1;
}

const LINE_FEED = 0x0a;
