import { TsyncError } from '#errors/tsync-error.js';
import { planFromJson, planToJson } from '#plan/plan-json.js';
import { type JsonSource, parseJsonObject } from '#resources/json-object.js';
import type { Event } from './event.js';

/** Version of the shape that `eventToJson` writes; `eventFromJson` refuses any other. */
export const EVENT_SCHEMA_VERSION = 1;

/** One event as one line of JSON, without a line feed. The same event gives the same line. */
export function eventToJson(event: Event): string {
  const body = event.type === 'host-assessed' ? { ...event, plan: planToJson(event.plan) } : event;
  return JSON.stringify({ schemaVersion: EVENT_SCHEMA_VERSION, ...body });
}

/** The event that `eventToJson` wrote. Throws `TsyncError` `run/event-unreadable` for anything else; of events without a plan the head alone is looked at. */
export function eventFromJson(line: string): Event {
  const json = parseJsonObject(line, SOURCE);
  const { schemaVersion, ...event } = json.values;
  if (schemaVersion !== EVENT_SCHEMA_VERSION) {
    throw unreadable(
      `It has schema version ${String(schemaVersion)}; this tsync reads version ${EVENT_SCHEMA_VERSION}.`,
    );
  }
  if (typeof event.type !== 'string' || !Number.isSafeInteger(event.sequence)) {
    throw unreadable('It has no type or no sequence number.');
  }
  if (event.type !== 'host-assessed') return event as unknown as Event;
  return { ...event, plan: planFromJson(json.object('plan')) } as unknown as Event;
}

function unreadable(detail: string, cause?: unknown): TsyncError {
  return new TsyncError('run/event-unreadable', `A stored event cannot be read. ${detail}`, { exitCode: 1, cause });
}

const SOURCE: JsonSource = { name: 'The event', untrusted: false, refuse: unreadable };
