import type { Event } from '#run/event.js';
import { eventToJson } from '#run/event-json.js';
import { escapeJson } from './json-text.js';

/** One event as one line of JSON with its line feed: a promise, described in docs/reference/json-output.md. */
export function eventJsonLine(event: Event): string {
  return `${escapeJson(eventToJson(event))}\n`;
}
