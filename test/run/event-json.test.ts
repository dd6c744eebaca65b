import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { HostPlan } from '#plan/plan.js';
import type { Change } from '#resources/resource.js';
import type { Event } from '#run/event.js';
import { eventFromJson, eventToJson } from '#run/event-json.js';
import { assessed, drift, eventsOf, fileChange, inSync, plan, runStarted, unknown, violation } from './made-run.js';

const event = (hostPlan: HostPlan): Event => eventsOf([assessed(hostPlan)])[0]!;

function withBytes(bytes: Uint8Array): Change {
  const change = fileChange('/etc/chrony.conf', 'x', null);
  if (change.kind !== 'file' || change.before === null) throw new Error('made as a file');
  return { ...change, before: { ...change.before, bytes } };
}

test('any bytes of a file come back as they were', () => {
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(contents, (bytes) => {
      const original = event(plan('a', { changes: [withBytes(bytes)] }));
      expect(eventFromJson(eventToJson(original))).toEqual(original);
    }),
  );
});

test('large binary files come back as they were', () => {
  const bytes = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 31) % 256);
  const original = event(plan('a', { changes: [withBytes(bytes)] }));
  expect(eventFromJson(eventToJson(original))).toEqual(original);
});

test('a byte order mark stays', () => {
  const original = event(plan('a', { changes: [withBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))] }));
  expect(eventFromJson(eventToJson(original))).toEqual(original);
});

test('every kind of finding comes back, and a finding shares its change with the plan', () => {
  const change = fileChange('/etc/chrony.conf', 'a\n', 'b\n');
  const waived = drift(fileChange('/etc/other', null, 'c\n'), { waived: 'accepted until May' });
  const original = event(
    plan('a', { changes: [change], findings: [inSync(), drift(change), violation(1, 0.1), unknown(), waived] }),
  );
  const back = eventFromJson(eventToJson(original));
  expect(back).toEqual(original);
  if (back.type !== 'host-assessed' || back.plan.findings[1]?.status !== 'drift') throw new Error('another event');
  expect(back.plan.findings[1].change).toBe(back.plan.changes[0]);
});

test('the contents of a file are written once', () => {
  const change = fileChange('/etc/chrony.conf', 'a unique line\n', 'b\n');
  const line = eventToJson(event(plan('a', { changes: [change], findings: [drift(change)] })));
  expect(line.split('a unique line')).toHaveLength(2);
});

describe('what cannot be read is refused with its code', () => {
  const whole = eventToJson(eventsOf([runStarted('audit', ['a'])])[0]!);
  const change = fileChange('/etc/chrony.conf', 'a\n', 'b\n');
  const planned = eventToJson(event(plan('a', { changes: [change], findings: [drift(change)] })));
  const cases: readonly [string, string][] = [
    ['a line cut off', whole.slice(0, -5)],
    ['another version', whole.replace('"schemaVersion":1', '"schemaVersion":2')],
    ['no version', whole.replace('"schemaVersion":1,', '')],
    ['no type', '{"schemaVersion":1,"sequence":1}'],
    ['no plan', '{"schemaVersion":1,"type":"host-assessed","sequence":1}'],
    ['no bytes', planned.replaceAll('"text":"b\\n"', '"txt":"b\\n"')],
    ['a finding whose change is gone', planned.replace('"changeId":"file:', '"changeId":"fiel:')],
    ['null', 'null'],
    ['a list', '[]'],
  ];
  test.each(cases)('%s', (_, line) => {
    const refused = (() => {
      try {
        return eventFromJson(line);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(TsyncError);
    expect((refused as TsyncError).problem.code).toBe('run/event-unreadable');
  });
});
