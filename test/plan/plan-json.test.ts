import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import type { HostPlan } from '#plan/plan.js';
import { parsePlan, serialisePlan } from '#plan/plan-file.js';
import { planFromJson, planToJson } from '#plan/plan-json.js';
import { parseJsonObject } from '#resources/json-object.js';
import type { Change } from '#resources/resource.js';
import { eventFromJson } from '#run/event-json.js';
import { ANY_CHANGE } from '../resources/any-change.js';
import { assessed, eventsOf } from '../run/made-run.js';
import { SAVED_FILE, SAVED_KEY, SAVED_PLANS } from './saved-plan.js';

const saved = (name: string) => readFileSync(new URL(`../fixtures/saved/${name}`, import.meta.url), 'utf8');

function read(text: string, untrusted = true): HostPlan {
  const refuse = (detail: string) => new TsyncError('plan/file-shape', detail, { exitCode: 65 });
  return planFromJson(parseJsonObject(text, { name: 'plan', untrusted, refuse }));
}

/** The message of the error, or null where the plan was read. Any other error is a crash. */
function whyRefused(value: unknown, untrusted?: boolean): string | null {
  try {
    read(JSON.stringify(value), untrusted);
    return null;
  } catch (error) {
    if (error instanceof TsyncError && error.problem.code === 'plan/file-shape') return error.message;
    throw error;
  }
}

const withChanges = (changes: readonly Change[]): HostPlan => ({ ...SAVED_PLANS[1], changes });

describe.each(Object.entries(ANY_CHANGE))('any change of a %s', (_kind, anyChange) => {
  it('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const plan = withChanges([change]);
        expect(read(JSON.stringify(planToJson(plan)))).toEqual(plan);
      }),
    );
  });

  it('is refused with a problem or read, whatever was made of its JSON', () => {
    const damage = fc.tuple(fc.nat(), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    fc.assert(
      fc.property(anyChange, fc.array(damage, { minLength: 1, maxLength: 3 }), fc.boolean(), (change, all, foreign) => {
        const json = JSON.parse(JSON.stringify(planToJson(withChanges([change]))));
        for (const [at, value] of all) {
          const paths = pathsOf(json);
          put(json, paths[at % paths.length]!, value);
        }
        whyRefused(json, foreign);
      }),
    );
  });
});

type Path = readonly (string | number)[];

/** Every place of a document but the document itself. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]));
  return path.length === 0 ? (below.length === 0 ? [['host']] : below) : [path, ...below];
}

function put(document: unknown, path: Path, value: unknown): void {
  let place = document as { [key: string | number]: unknown };
  for (const key of path.slice(0, -1)) place = place[key] as typeof place;
  place[path.at(-1)!] = value;
}

describe('every value of a plan', () => {
  const whole = () => JSON.parse(JSON.stringify({ ...planToJson(SAVED_PLANS[0]), conflicts: conflicts() }));
  const conflicts = () => planToJson(SAVED_PLANS[1]).conflicts;
  const paths = pathsOf(whole()).filter((path) => path.at(-1) !== 'truncated');

  it('is refused with its place when it is of another type', () => {
    expect(paths.length).toBeGreaterThan(150);
    for (const path of paths) {
      const json = whole();
      put(json, path, [[]]);
      expect(whyRefused(json), path.join('.')).toMatch(/^plan: .* is not /);
    }
  });

  it('is refused when it is missing, but for what older versions did not write and what is said of few changes', () => {
    const optional = new Set(['packages', 'refused', 'newServers', 'conflicts', 'restart']);
    for (const path of paths.filter((one) => typeof one.at(-1) === 'string' && !/^\d+$/.test(`${one.at(-1)}`))) {
      const json = whole();
      put(json, path, undefined);
      expect(whyRefused(json) === null, path.join('.')).toBe(optional.has(`${path.at(-1)}`));
    }
  });

  it.each([
    ['bytes that are no base64', 'changes.1.after.bytes', { base64: '?' }],
    ['text that is no base64', 'changes.1.after.bytes', '?'],
    ['bytes in another form', 'changes.1.after.bytes', { hex: '00' }],
    ['a mode that is none', 'changes.0.after.mode', '0999'],
    ['a kind that is none', 'changes.0.kind', 'toString'],
    ['an id that is of another change', 'changes.0.id', 'file:/etc/other'],
    ['a finding of a change that is not there', 'findings.1.changeId', 'file:/etc/other'],
    ['an action that is none', 'actions.0.kind', 'module-load'],
  ])('is refused where it is %s', (_what, path, value) => {
    const json = whole();
    put(json, path.split('.'), value);
    expect(whyRefused(json)).not.toBeNull();
  });

  it.each([
    ['names a place that tsync may not write', ['changes', 0], { id: 'file:/proc/x', name: '/proc/x' }],
    ['has a problem that this tsync does not know', ['findings', 7, 'problem'], { code: 'old/code' }],
  ] as const)('is refused from anybody, and read from the own store, where it %s', (_what, path, parts) => {
    const json = whole();
    const place = path.reduce((inner, key) => inner[key], json);
    Object.assign(place, parts);
    for (const finding of json.findings)
      if (finding.changeId === SAVED_PLANS[0].changes[0]!.id) finding.changeId = json.changes[0].id;
    expect(whyRefused(json)).not.toBeNull();
    expect(whyRefused(json, false)).toBeNull();
  });
});

describe('what tsync 0.1.0 saved', () => {
  it('has the same digests', () => {
    const [{ planDigest, foldKey }] = JSON.parse(saved('plan-v2.json')).plans;
    expect([planDigest, foldKey]).toEqual([planDigestOf(SAVED_PLANS[0]), foldKeyOf(SAVED_PLANS[0])]);
  });

  it('is read from a plan file of version 2, sealed as it is', () => {
    expect(parsePlan(saved('plan-v2.json'), 'plan.json', { key: SAVED_KEY, sha256: null })).toEqual(SAVED_FILE);
  });

  it('is read from the events of a run', () => {
    const events = eventsOf(SAVED_PLANS.map((plan) => assessed(plan)));
    expect(saved('events-v1.jsonl').split('\n').map(eventFromJson)).toEqual(events);
  });

  it('is in the plan file of version 3 as text that a reviewer can read', () => {
    const text = serialisePlan(SAVED_FILE, SAVED_KEY);
    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 3 });
    expect(text).toContain('"text": "# Zürich\\nserver 10.77.0.1 iburst\\n"');
    expect(() =>
      parsePlan(text.replace('"schemaVersion": 3', '"schemaVersion": 1'), 'plan.json', {
        key: SAVED_KEY,
        sha256: null,
      }),
    ).toThrow('plan.json: schemaVersion is not 2 or 3, the only ones this tsync reads.');
  });
});
