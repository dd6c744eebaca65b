import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#plan/plan.js';
import { junitXml } from '#report/junit-xml.js';
import type { Outcome } from '#run/outcome.js';
import {
  assessed,
  drift,
  fileChange,
  finished,
  inSync,
  plan,
  runStarted,
  stateOf,
  unknown,
  violation,
} from '../run/made-run.js';
import { golden } from './golden.js';
import { changed, lookedAt } from './made-fleet.js';

const CHANGE = fileChange('/etc/chrony/chrony.conf', 'a\n', 'b\n');

/** The counts of one host with these findings. */
function countsOf(findings: readonly Finding[], outcome: Outcome = 'in-sync'): string {
  const host = plan('a', { findings });
  const xml = junitXml(stateOf([runStarted('audit', ['a']), assessed(host), finished('a', outcome)]));
  return /<testsuite [^>]*(tests="\d+" failures="\d+" errors="\d+" skipped="\d+")/.exec(xml)?.[1] ?? xml;
}

describe('the JUnit XML of a run', () => {
  it('keeps its shape', async () => {
    await expect(junitXml(lookedAt('audit'))).toMatchFileSnapshot(golden('audit-fleet', 3, 'junit.xml'));
    await expect(junitXml(changed())).toMatchFileSnapshot(golden('run-everything', 6, 'junit.xml'));
  });

  it.each([
    ['what is in sync passes', [inSync()], 'tests="2" failures="0" errors="0" skipped="0"'],
    ['a violation is a failure', [violation(3, 1)], 'tests="2" failures="1" errors="0" skipped="0"'],
    ['a drift is a failure', [drift(CHANGE)], 'tests="2" failures="1" errors="0" skipped="0"'],
    ['what could not be told is an error', [unknown()], 'tests="2" failures="0" errors="1" skipped="0"'],
    ['what is waived is skipped', [violation(3, 1, { waived: 'x' })], 'tests="2" failures="0" errors="0" skipped="1"'],
    ['a remark passes', [violation(3, 1, { severity: 'info' })], 'tests="2" failures="0" errors="0" skipped="0"'],
    [
      'a rule is one test case, as the worst of its findings',
      [unknown({ rule: 'r' }), violation(3, 1, { rule: 'r' }), inSync({ rule: 'r' })],
      'tests="2" failures="1" errors="0" skipped="0"',
    ],
  ])('%s', (_what, findings, counts) => {
    expect(countsOf(findings)).toBe(counts);
  });

  it('lets what a run mended pass, and skips what it did not judge again', () => {
    const findings = [drift(CHANGE), violation(3, 1)];
    expect(countsOf(findings, 'changed')).toBe('tests="3" failures="0" errors="0" skipped="1"');
    expect(countsOf(findings, 'reverted')).toBe('tests="3" failures="2" errors="1" skipped="0"');
  });

  it('has an error for a host without a result', () => {
    expect(junitXml(stateOf([runStarted('audit', ['a'])]))).toContain('<error message="unfinished" type="unfinished">');
  });

  it('holds any text of a host as XML that is well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (odd, text) => {
        const where = `]]></failure>${odd}\u0000\ud800\ufffe\u202e`;
        const findings = [violation(3, 1, { sentence: `"${text}${odd}'`, evidence: [{ where, text }] })];
        const host = plan('a', { findings });
        const xml = junitXml(stateOf([runStarted('audit', ['a']), assessed(host), finished('a', 'drifted')]));
        expect(xml).toMatch(/^[\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        expect(xml).not.toMatch(/[\x7f-\x9f\u202e]/);
        expect(xml.replace(ELEMENT, '').replace(/&#\d+;/g, '')).not.toMatch(/[<>&]/);
        expect(xml.match(/<failure /g)).toHaveLength(1);
      }),
    );
  });
});

/** A declaration, a start or an end tag, with nothing but escaped text in its attributes. */
const ELEMENT = /<[?/]?[a-z-]+(?: [a-z]+="[^"<>]*")*[?/]?>/g;
