import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '#checks/judge.js';
import { printable } from '#errors/printable.js';
import type { Facts } from '#facts/facts.js';
import { type FactsJson, factsJson } from '#facts/facts-json.js';
import { factsOf } from '#facts/facts-of.js';
import { answerQuestions } from '#report/explain-answers.js';
import { answerRules } from '#rules/run-rules.js';
import { summariseHost } from '#run/host-summary.js';
import type { Snapshot } from '#snapshot/snapshot.js';
import { changed } from '../facts/any-snapshot.js';
import { fixtureHosts } from '../fixtures/hosts.js';
import { withSettings } from '../plan/made-hosts.js';

const hosts = fixtureHosts();
const { settings } = withSettings({});

/** What each part of tsync answers, in one vocabulary: null is not known. */
interface Answers {
  readonly synchronised: boolean | null;
  /** `none`: it follows nothing. */
  readonly source: string | null;
  readonly offsetSeconds: number | null;
}

function ofJson(facts: Facts): Answers {
  const clock = factsJson(facts).clock as { readonly [key: string]: FactsJson };
  const { synchronised, source, offsetSeconds } = clock;
  const isNone = source === null && String(clock.sourceReason).includes('follows a source');
  return { synchronised, source: isNone ? 'none' : source, offsetSeconds } as Answers;
}

function ofChecks(facts: Facts): Answers {
  const anyOf = { refclock: true, server: true };
  const offset = judge({ kind: 'clock-offset', limitSeconds: 0, because: 'clock/offset' }, facts).verdict;
  const selected = judge({ kind: 'selected-source', anyOf, names: null, because: 'sources/selected' }, facts).verdict;
  const { source } = ofJson(facts);
  return {
    synchronised: holds(judge({ kind: 'synchronised', because: 'clock/synchronised' }, facts).verdict.status),
    // the check names the source where it is not the wanted one
    source: selected.status === 'unknown' ? null : isFollowed(facts, source) ? source : 'none',
    offsetSeconds: offset.status === 'violation' ? Number(offset.measured.value) : null,
  };
}

/** The check takes the source by its name, and no other. */
function isFollowed(facts: Facts, name: string | null): boolean {
  const names = [name ?? ''];
  const check = {
    kind: 'selected-source',
    anyOf: { refclock: true, server: true },
    because: 'sources/selected',
  } as const;
  const other = judge({ ...check, names: ['another'] }, facts).verdict.status;
  expect(other).toBe('violation');
  return judge({ ...check, names }, facts).verdict.status === 'in-sync';
}

function holds(status: string): boolean | null {
  return status === 'unknown' ? null : status === 'in-sync';
}

function expectOneAnswer(facts: Facts): void {
  const json = ofJson(facts);
  const checks = ofChecks(facts);
  const isLocal = json.source?.startsWith('127.127.1.') === true;
  expect(checks.synchronised).toBe(json.synchronised);
  if (!isLocal) expect(checks.source).toBe(json.source);
  // a limit of zero: the check says the offset unless zero is within its bound
  if (checks.offsetSeconds !== null) expect(checks.offsetSeconds).toBe(json.offsetSeconds);
  if (json.synchronised !== true) {
    const own = judge({ kind: 'daemon-offset', limitSeconds: 1e12, because: 'clock/daemon-offset' }, facts);
    expect(own.verdict.status).toBe('unknown');
  }

  expect(summariseHost(facts).source).toBe(json.source === null ? 'unknown' : printable(json.source));

  const tracked = answerRules(facts, settings).find(({ rule }) => rule === 'clock/stratum');
  const { daemon } = factsJson(facts).clock as { readonly [key: string]: FactsJson };
  expect(tracked?.answer !== null).toBe(daemon === 'chrony' && json.synchronised === true);

  const explained = answerQuestions(facts).at(-1)?.answer ?? '';
  expect(explained.includes('is synchronised.')).toBe(json.synchronised === true);
  expect(explained.includes('is not synchronised.')).toBe(json.synchronised === false);
  if (json.source !== null && json.source !== 'none') expect(explained).toContain(`follows ${printable(json.source)},`);
  if (json.source === 'none') expect(explained).toMatch(/^(?:No source|Nothing)/);
  if (json.source === null) expect(explained).toMatch(/^Not known/);
  // where it is not known which daemon runs, explain says that and no more
  if (daemon !== null) expect(explained.includes('By our own measurement')).toBe(json.offsetSeconds !== null);
}

/** A chronyd that says perfect things of a clock that follows nothing. */
const UNSYNCHRONISED = ['7F7F0101,,10', '0A000001,10.0.0.1,16', '00000000,,0', '0A000001,10.0.0.1,0'] as const;

function withTracking(snapshot: Snapshot, start: string): Snapshot {
  const line = `${start},1790000000.0,0.0,0.0,0.0,0.0,0.0,0.1,0.0,0.0,64.0,Normal\n`;
  const bytes = new TextEncoder().encode(line);
  const sections = snapshot.sections.map((section) => (section.name === 'tracking' ? { ...section, bytes } : section));
  return { ...snapshot, sections };
}

describe('facts, checks, rules, summary and explain', () => {
  it.each(hosts.map((host) => [host.row, host] as const))('say the same of the clock of %s', (_, { snapshot }) => {
    for (const one of [snapshot, { ...snapshot, clock: null }]) expectOneAnswer(factsOf(one));
  });

  it.each(UNSYNCHRONISED)('say of chronyd with %s that it is not synchronised', (start) => {
    const running = hosts.filter(({ snapshot }) => snapshot.sections.some(({ name }) => name === 'tracking'));
    expect(running.length).toBeGreaterThan(20);
    for (const { snapshot } of running) {
      const facts = factsOf(withTracking(snapshot, start));
      expectOneAnswer(facts);
      expect(ofJson(facts).synchronised).toBe(false);
    }
  });

  it('say the same of hosts whose answers were cut, changed, shuffled or denied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...hosts.map(({ snapshot }) => snapshot)).chain(changed), (snapshot) =>
        expectOneAnswer(factsOf(snapshot)),
      ),
      { numRuns: 500 },
    );
  });
});
