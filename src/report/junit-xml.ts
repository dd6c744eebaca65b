import { printable } from '#errors/printable.js';
import type { Finding } from '#plan/plan.js';
import { isWaived } from '#present/findings.js';
import { groupBy } from '#present/group-by.js';
import { isAgainst } from '#run/count-findings.js';
import { hasUnknownGuard } from '#run/exit-code.js';
import type { HostState, RunState } from '#run/run-state.js';
import { findingLines } from './finding-text.js';

/**
 * A run as JUnit XML for CI servers, with a line feed at its end: one test suite a host, one test case a rule, and one more for the
 * outcome of the host.
 *
 * | element   | of a rule                                        | of the outcome                                |
 * | --------- | ------------------------------------------------ | --------------------------------------------- |
 * | `failure` | drift, or a violation                            |                                               |
 * | `error`   | it could not be told                             | no result, or the run failed on this host     |
 * | `skipped` | waived, or found before the run changed the host | the run skipped the host, or it was declined  |
 *
 * A remark (severity `info`) passes and is told in `system-out`. Elements and attributes: https://github.com/testmoapp/junitxml.
 */
export function junitXml(state: RunState): string {
  const suites = [...state.hosts.values()].map((host) => ({ host, cases: casesOf(host) }));
  const all = suites.flatMap(({ cases }) => cases);
  const { startedAt, finishedAt } = state;
  const seconds = finishedAt === null ? 0 : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `tsync ${state.kind} ${state.run}`, ...counts(all), time: seconds })}>`,
    ...suites.flatMap(({ host, cases }) => suiteLines(host, cases, startedAt)),
    '</testsuites>\n',
  ].join('\n');
}

interface TestCase {
  readonly name: string;
  readonly result: 'passed' | 'failure' | 'error' | 'skipped';
  /** Severity or outcome. */
  readonly type: string;
  /** One line; '' with `passed`. */
  readonly message: string;
  readonly details: readonly string[];
}

function casesOf(host: HostState): readonly TestCase[] {
  const findings = host.plan?.findings ?? [];
  return [outcomeCase(host), ...groupBy(findings, ({ rule }) => rule).map((group) => ruleCase(group, host))];
}

function outcomeCase(host: HostState): TestCase {
  const { problem } = host;
  const type = hasUnknownGuard(host) ? 'guard-unknown' : (host.outcome ?? 'unfinished');
  const result = OUTCOMES[type];
  const details = problem === null ? [] : [problem.detail, problem.hint];
  const message = result === 'passed' ? '' : `${type}${problem === null ? '' : `: ${problem.summary}`}`;
  return { name: 'outcome', result, type, message, details };
}

const OUTCOMES: { readonly [O in NonNullable<HostState['outcome']> | 'unfinished']: TestCase['result'] } = {
  'in-sync': 'passed',
  drifted: 'passed',
  changed: 'passed',
  skipped: 'skipped',
  declined: 'skipped',
  stale: 'error',
  reverted: 'error',
  failed: 'error',
  unreachable: 'error',
  'guard-unknown': 'error',
  unfinished: 'error',
};

/** Findings of one rule are told by the worst of them, with what is to be said of the others below. */
function ruleCase(findings: readonly [Finding, ...Finding[]], host: HostState): TestCase {
  const resultOf = (finding: Finding) => resultIn(finding, host);
  const [worst] = findings.toSorted((a, b) => RESULTS.indexOf(resultOf(b)) - RESULTS.indexOf(resultOf(a)));
  const finding = worst ?? findings[0];
  const result = resultOf(finding);
  const wrong = findings.filter(({ status }) => status !== 'in-sync');
  const before = host.outcome === 'changed' ? 'Found before the change: ' : '';
  const message = isWaived(finding) ? `Waived: ${finding.waived}` : `${before}${finding.sentence}`;
  return {
    name: finding.rule,
    result,
    type: finding.severity,
    message: result === 'passed' ? '' : message,
    details: findingLines(wrong, { color: false, width: 100 }),
  };
}

const RESULTS: readonly TestCase['result'][] = ['passed', 'skipped', 'error', 'failure'];

/** The plan of a host that was changed is of before: its drift is mended and proved, the rest was not judged again. */
function resultIn(finding: Finding, { outcome }: HostState): TestCase['result'] {
  if (isWaived(finding)) return 'skipped';
  if (!isAgainst(finding)) return 'passed';
  if (outcome === 'changed') return finding.status === 'drift' ? 'passed' : 'skipped';
  return finding.status === 'unknown' ? 'error' : 'failure';
}

function suiteLines(host: HostState, cases: readonly TestCase[], startedAt: string): readonly string[] {
  const { summary, plan } = host;
  const name = host.host;
  const properties = { ...summary, source: host.source ?? summary?.source, strategy: plan?.strategy.taken };
  const known = Object.entries(properties).filter(([, value]) => value !== undefined);
  return [
    `  <testsuite${attributes({ name, hostname: name, timestamp: startedAt.slice(0, 19), ...counts(cases) })}>`,
    ...(known.length === 0 ? [] : ['    <properties>']),
    ...known.map(([key, value]) => `      <property${attributes({ name: key, value: `${value}` })}/>`),
    ...(known.length === 0 ? [] : ['    </properties>']),
    ...cases.flatMap((one) => caseLines(one, name)),
    '  </testsuite>',
  ];
}

function caseLines({ name, result, type, message, details }: TestCase, host: string): readonly string[] {
  const open = `    <testcase${attributes({ classname: host, name })}`;
  const text = xmlText(details.join('\n'), true);
  if (result !== 'passed') {
    const kind = result === 'skipped' ? {} : { type };
    return [`${open}>`, `      <${result}${attributes({ message, ...kind })}>${text}</${result}>`, '    </testcase>'];
  }
  return text === '' ? [`${open}/>`] : [`${open}>`, `      <system-out>${text}</system-out>`, '    </testcase>'];
}

function counts(cases: readonly TestCase[]) {
  const count = (result: TestCase['result']) => cases.filter((one) => one.result === result).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(`${value}`, false)}"`)
    .join('');
}

/** Everything that `printable` leaves is a character that XML 1.0 allows. */
function xmlText(text: string, lines: boolean): string {
  return printable(text, { lines }).replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
