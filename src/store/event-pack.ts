import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { TsyncError } from '#errors/tsync-error.js';
import type { Event } from '#run/event.js';
import { eventFromJson, eventToJson } from '#run/event-json.js';

/**
 * Events that are written together, as one value of the database: one line of JSON each, compressed when that is worth it. The
 * plans of a fleet are much alike: an audit takes about a twentieth of its JSON.
 */
export function packEvents(events: readonly Event[]): string | Uint8Array {
  const lines = events.map(eventToJson).join('\n');
  return lines.length < WORTH_COMPRESSING
    ? lines
    : zstdCompressSync(lines, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** What `packEvents` packed. Throws `store/corrupt` or `run/event-unreadable`. */
export function* unpackEvents(packed: unknown): Generator<Event> {
  for (const line of linesOf(packed).split('\n')) yield eventFromJson(line);
}

function linesOf(packed: unknown): string {
  if (typeof packed === 'string') return packed;
  try {
    return new TextDecoder().decode(zstdDecompressSync(packed as Uint8Array, { maxOutputLength: MOST_UNPACKED }));
  } catch (cause) {
    throw new TsyncError('store/corrupt', 'Events in the store cannot be unpacked.', { exitCode: 1, cause });
  }
}

/** Most durable events are written alone, and are shorter. */
const WORTH_COMPRESSING = 2048;
/** 256 events with every file of a host at its bound are less. */
const MOST_UNPACKED = 1 << 29;
