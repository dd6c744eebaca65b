import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventJsonLine } from '#report/event-json-line.js';
import { runJson } from '#report/run-json.js';
import { eventFromJson } from '#run/event-json.js';
import { assessed, eventsOf, fileChange, finished, plan, runStarted, stateOf } from '../run/made-run.js';
import { golden } from './golden.js';
import { changed, driftedPlan, lookedAt } from './made-fleet.js';

test('the JSON of a run keeps its shape', async () => {
  await expect(runJson(lookedAt('audit'))).toMatchFileSnapshot(golden('audit-fleet', 3, 'json'));
  await expect(runJson(changed())).toMatchFileSnapshot(golden('run-everything', 6, 'json'));
});

test('every host and every change is in it', () => {
  const document = JSON.parse(runJson(changed()));
  expect(document.schemaVersion).toBe(1);
  expect(document.hosts).toHaveLength(14);
  const web = document.hosts.find((host: { host: string }) => host.host === 'web-04');
  expect(web.changes[0].after.bytes).toEqual({
    text: 'refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2\n',
  });
  expect(web.findings[1].changeId).toBe(web.changes[0].id);
});

test('any text survives both formats, and neither holds a raw control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (text, note) => {
      const notes = [`${text}\u001b\u009b\u202e\u2028`, note];
      const change = fileChange('/etc/a', text, note);
      const bodies = [
        runStarted('audit', ['a']),
        assessed(plan('a', { changes: [change] }), { notes: [...new Set(notes)] }),
        finished('a', 'drifted'),
      ];
      const document = runJson(stateOf(bodies));
      expect(JSON.parse(document).hosts[0].notes).toEqual([...new Set(notes)]);
      for (const event of eventsOf(bodies)) {
        const line = eventJsonLine(event);
        expect(eventFromJson(line)).toEqual(event);
        expect(line.slice(0, -1)).not.toMatch(RAW);
        expect(line.endsWith('\n')).toBe(true);
      }
      expect(document.replaceAll('\n', '')).not.toMatch(RAW);
    }),
  );
});

const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

test('a plan without changes is there with empty lists', () => {
  const state = stateOf([runStarted('audit', ['a', 'b']), assessed(driftedPlan('a')), finished('a', 'drifted')]);
  const [, b] = JSON.parse(runJson(state)).hosts;
  expect(b).toMatchObject({ outcome: null, clock: null, findings: [], changes: [], actions: [], strategy: null });
});
