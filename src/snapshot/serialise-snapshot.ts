import { TsyncError } from '#errors/tsync-error.js';
import { type BytesJson, bytesFromJson, bytesToJson } from './bytes-json.js';
import { type ClockMeasurement, type FileAttributes, isWriters, type Section, type Snapshot } from './snapshot.js';

/** A snapshot as JSON text, for saving and replay: the same snapshot comes back from `parseSnapshot`. */
export function serialiseSnapshot(snapshot: Snapshot): string {
  const sections = snapshot.sections.map((section) => ({ ...section, bytes: bytesToJson(section.bytes) }));
  const json: SnapshotJson = { schemaVersion: 1, ...snapshot, sections };
  return `${JSON.stringify(json, null, 1)}\n`;
}

/**
 * Reads what `serialiseSnapshot` wrote. `file` is its name for messages.
 * Throws a TsyncError with exit code 65 for anything else.
 */
export function parseSnapshot(text: string, file: string): Snapshot {
  const json = parseJson(text, file);
  if (!isRecord(json) || json.schemaVersion !== 1) throw invalid(file, 'it is not a snapshot of schema version 1');
  const { protocol, complete, sections, clock } = json;
  if (!isCount(protocol) || typeof complete !== 'boolean' || !Array.isArray(sections)) {
    throw invalid(file, 'protocol, complete or sections is missing or of another type');
  }
  return {
    protocol,
    complete,
    sections: sections.map((section, at) => readSection(section, at, file)),
    clock: readClock(clock, file),
  };
}

type SnapshotJson = Omit<Snapshot, 'sections'> & {
  readonly schemaVersion: 1;
  readonly sections: readonly (Omit<Section, 'bytes'> & { readonly bytes: BytesJson })[];
};

const KINDS: readonly string[] = ['file', 'command', 'values'] satisfies Section['kind'][];
const STATES: readonly string[] = ['ok', 'absent', 'denied', 'timeout', 'refused'] satisfies Section['state'][];

function readSection(value: unknown, at: number, file: string): Section {
  const bytes = isRecord(value) ? bytesFromJson(value.bytes) : null;
  if (!isRecord(value) || bytes === null) throw invalid(file, `section ${at} has no bytes`);
  const { name, kind, state, exit, truncated } = value;
  if (typeof name !== 'string' || !KINDS.includes(kind as string) || !STATES.includes(state as string)) {
    throw invalid(file, `section ${at} has no known name, kind or state`);
  }
  if ((exit !== null && !isNumber(exit)) || typeof truncated !== 'boolean') {
    throw invalid(file, `section ${at} has no valid exit or truncated`);
  }
  const attributes = value.file === null ? null : readAttributes(value.file, at, file);
  return {
    name,
    kind: kind as Section['kind'],
    state: state as Section['state'],
    bytes,
    exit,
    truncated,
    file: attributes,
    ...(isWriters(value.writers) ? { writers: value.writers } : {}),
  };
}

function readAttributes(value: unknown, at: number, file: string): FileAttributes {
  if (isRecord(value)) {
    const { mode, owner, group, size, target } = value;
    // older snapshots do not tell
    const writers = isWriters(value.writers) ? value.writers : null;
    const words = typeof mode === 'string' && typeof owner === 'string' && typeof group === 'string';
    if (words && isNumber(size) && (target === null || typeof target === 'string'))
      return { mode, owner, group, size, target, writers };
  }
  throw invalid(file, `section ${at} has no valid file attributes`);
}

function readClock(value: unknown, file: string): ClockMeasurement | null {
  if (value === null) return null;
  if (isRecord(value)) {
    const { offsetSeconds, boundSeconds, exchanges, resolutionSeconds } = value;
    if (isNumber(offsetSeconds) && isNumber(boundSeconds) && isCount(exchanges) && isNumber(resolutionSeconds)) {
      return { offsetSeconds, boundSeconds, exchanges, resolutionSeconds };
    }
  }
  throw invalid(file, 'clock is no measurement');
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
}

function invalid(file: string, what: string, cause?: unknown): TsyncError {
  return new TsyncError('snapshot/invalid', `${file} cannot be read as a saved snapshot: ${what}.`, {
    exitCode: 65,
    cause,
  });
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 0;
}
