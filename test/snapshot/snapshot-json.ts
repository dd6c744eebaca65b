import { type BytesJson, bytesFromJson, bytesToJson } from '#snapshot/bytes-json.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';

type SnapshotJson = Omit<Snapshot, 'sections'> & {
  readonly sections: readonly (Omit<Section, 'bytes'> & { readonly bytes: BytesJson })[];
};

/** A snapshot as the text of a fixture file: the same snapshot comes back from `snapshotFromJson`. */
export function snapshotToJson(snapshot: Snapshot): string {
  const sections = snapshot.sections.map((section) => ({ ...section, bytes: bytesToJson(section.bytes) }));
  return `${JSON.stringify({ schemaVersion: 1, ...snapshot, sections }, null, 1)}\n`;
}

/** Trusts the text: our own tests wrote it. */
export function snapshotFromJson(text: string): Snapshot {
  const { protocol, complete, sections, clock }: SnapshotJson = JSON.parse(text);
  return {
    protocol,
    complete,
    sections: sections.map((section) => ({ ...section, bytes: bytesFromJson(section.bytes) ?? new Uint8Array() })),
    clock,
  };
}
