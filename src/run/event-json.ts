import { TsyncError } from '#errors/tsync-error.js';
import type { Conflict, Finding, HostPlan } from '#plan/plan.js';
import type { Change } from '#resources/resource.js';
import { bytesFromJson, bytesToJson } from '#snapshot/bytes-json.js';
import type { Event } from './event.js';

/** Version of the shape that `eventToJson` writes; `eventFromJson` refuses any other. */
export const EVENT_SCHEMA_VERSION = 1;

/**
 * One event as one line of JSON, without a line feed. The same event gives the same line.
 *
 * Contents of files are `{text}` or `{base64}`; a finding whose change is one of its plan's changes names it by `changeId`
 * instead of repeating it.
 */
export function eventToJson(event: Event): string {
  const body = event.type === 'host-assessed' ? { ...event, plan: planToJson(event.plan) } : event;
  return JSON.stringify({ schemaVersion: EVENT_SCHEMA_VERSION, ...body });
}

/** The event that `eventToJson` wrote; `TsyncError` `run/event-unreadable` for anything else. */
export function eventFromJson(line: string): Event {
  const value = parseObject(line);
  const { schemaVersion, ...event } = value;
  if (schemaVersion !== EVENT_SCHEMA_VERSION) {
    throw unreadable(
      `It has schema version ${String(schemaVersion)}; this tsync reads version ${EVENT_SCHEMA_VERSION}.`,
    );
  }
  if (typeof event.type !== 'string' || !Number.isSafeInteger(event.sequence)) {
    throw unreadable('It has no type or no sequence number.');
  }
  if (event.type !== 'host-assessed') return event as unknown as Event;
  return { ...event, plan: planFromJson(event.plan as JsonPlan) } as unknown as Event;
}

/** A plan with the bytes of its files as JSON can carry them. */
export function planToJson(plan: HostPlan) {
  const ids = new Map(plan.changes.map((change) => [change.id, change]));
  const { conflicts, ...rest } = plan;
  return {
    ...rest,
    findings: plan.findings.map((finding) => findingToJson(finding, ids)),
    changes: plan.changes.map(changeToJson),
    ...(conflicts === undefined ? {} : { conflicts: conflicts.map(conflictToJson) }),
  };
}

function conflictToJson({ ofRun, since }: Conflict) {
  return { ofRun: changeToJson(ofRun), since: changeToJson(since) };
}

/** A change with the bytes of its files as JSON can carry them. */
export function changeToJson(change: Change) {
  if (change.kind !== 'file') return change;
  return { ...change, before: fileToJson(change.before), after: fileToJson(change.after) };
}

function findingToJson(finding: Finding, changes: ReadonlyMap<string, Change>) {
  if (finding.status !== 'drift') return finding;
  const { change, ...rest } = finding;
  return changes.get(change.id) === change
    ? { ...rest, changeId: change.id }
    : { ...rest, change: changeToJson(change) };
}

function fileToJson(file: Extract<Change, { kind: 'file' }>['before']) {
  return file === null ? null : { ...file, bytes: bytesToJson(file.bytes) };
}

type JsonPlan = ReturnType<typeof planToJson>;
type JsonChange = ReturnType<typeof changeToJson>;
type JsonFinding = ReturnType<typeof findingToJson>;

function planFromJson(plan: JsonPlan): HostPlan {
  if (!Array.isArray(plan?.changes) || !Array.isArray(plan.findings)) throw unreadable('Its plan is not whole.');
  const changes = plan.changes.map(changeFromJson);
  const ids = new Map(changes.map((change) => [change.id, change]));
  const findings = plan.findings.map((finding) => findingFromJson(finding, ids));
  const { conflicts, ...rest } = plan;
  const whole = {
    ...rest,
    changes,
    findings,
    packages: plan.packages ?? null,
    refused: plan.refused ?? null,
    newServers: plan.newServers ?? [],
  };
  return conflicts === undefined ? whole : { ...whole, conflicts: conflicts.map(conflictFromJson) };
}

function conflictFromJson({ ofRun, since }: ReturnType<typeof conflictToJson>): Conflict {
  return { ofRun: changeFromJson(ofRun), since: changeFromJson(since) };
}

function findingFromJson(finding: JsonFinding, changes: ReadonlyMap<string, Change>): Finding {
  if (finding.status !== 'drift') return finding;
  if ('change' in finding) return { ...finding, change: changeFromJson(finding.change) };
  const { changeId, ...rest } = finding;
  const change = changes.get(changeId);
  if (change === undefined) throw unreadable(`A finding names the change ${changeId}, which its plan does not have.`);
  return { ...rest, change };
}

function changeFromJson(change: JsonChange): Change {
  if (change.kind !== 'file') return change;
  return { ...change, before: fileFromJson(change.before), after: fileFromJson(change.after) } as Change;
}

function fileFromJson(file: unknown) {
  if (file === null) return null;
  const bytes = bytesFromJson((file as { bytes?: unknown } | undefined)?.bytes);
  if (bytes === null) throw unreadable('The bytes of a file are missing.');
  return { ...(file as object), bytes };
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw unreadable('It is not JSON.', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('It is not an object.');
  return value as Record<string, unknown>;
}

function unreadable(detail: string, cause?: unknown): TsyncError {
  return new TsyncError('run/event-unreadable', `A stored event cannot be read. ${detail}`, { exitCode: 1, cause });
}
