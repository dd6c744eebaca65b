import { printable } from '#errors/printable.js';
import type { Evidence, Finding, HostPlan, Measurement } from '#plan/plan.js';
import { clockText } from '#present/clock-text.js';
import { openFindings } from '#present/findings.js';
import { packageTexts } from '#report/package-lines.js';
import type { Action, Change } from '#resources/resource.js';
import { isOpen } from '#run/count-findings.js';
import type { HostState } from '#run/run-state.js';
import { measurementText, secondsText } from '#units/seconds.js';
import { diffLines } from './diff-lines.js';
import { drawnText, type Glyphs, glyphsFor } from './glyphs.js';
import { type Line, type Look, severityTone, span } from './styled-line.js';
import { heading, labelled, textBlock } from './text-block.js';

export interface HostPageProps {
  readonly host: HostState;
  /** Number of hosts with this same plan, this one included; 0 when it has none. */
  readonly groupSize: number;
  readonly width: number;
  readonly look: Look;
  readonly unifiedDiff: (change: Change) => string;
}

/** Everything that is known of one host, as lines to scroll: what is wrong and why, what would be done, what was done. */
export function hostPage(props: HostPageProps): readonly Line[] {
  const { host } = props;
  const parts = [about(props), problemPart(props)];
  if (host.transaction !== null) parts.push(runPart(props));
  if (host.plan !== null) {
    parts.push(packagePart(host.plan, props), changePart(host.plan, props), actionPart(host.plan, props));
  }
  if (host.plan !== null) parts.push(conflictPart(host.plan, props));
  parts.push(notePart(props));
  if (host.plan !== null) parts.push(findingPart(host.plan, props));
  return parts.filter((part) => part.length > 0).flatMap((part, i) => (i === 0 ? part : [[], ...part]));
}

/** Only what would be done: for the preview of a group. */
export function planPage(props: HostPageProps): readonly Line[] {
  const { plan } = props.host;
  return plan === null ? [] : [...packagePart(plan, props), ...changePart(plan, props), [], ...actionPart(plan, props)];
}

function about({ host, width, look }: HostPageProps): readonly Line[] {
  const glyphs = glyphsFor(look.unicode);
  const { summary, plan } = host;
  const lines: Line[] = [];
  const say = (label: string, text: string): void => {
    if (text !== '') lines.push(...labelled(label, printable(text), width));
  };
  if (summary !== null) {
    say('system', `${summary.os} on ${summary.platform}`);
    say('daemon', summary.daemon);
    say('follows', host.source ?? summary.source);
  }
  say(
    'clock',
    host.clock === null
      ? ''
      : `${drawnText(clockText(host.clock), glyphs)} against this machine, ${host.clock.exchanges} exchanges`,
  );
  if (plan !== null) say('strategy', strategyText(plan));
  return lines;
}

function strategyText({ strategy: { asked, taken, reason } }: HostPlan): string {
  const name = asked === taken ? taken : `${taken} (asked for ${asked})`;
  return reason === '' ? name : `${name}: ${reason}`;
}

function problemPart({ host, width, look }: HostPageProps): readonly Line[] {
  if (host.problem === null) return [];
  const { summary, code, detail, hint } = host.problem;
  const glyphs = glyphsFor(look.unicode);
  return [
    heading('Problem', width, glyphs.rule, 'bad'),
    [span(`  ${glyphs.bad} ${printable(summary)} `, 'bad'), span(code, 'dim')],
    ...textBlock(printable(detail, { lines: true }), width, 'plain', 4),
    ...textBlock(printable(hint), width, 'accent', 4),
  ];
}

function runPart({ host, width, look }: HostPageProps): readonly Line[] {
  const { rule } = glyphsFor(look.unicode);
  const lines: Line[] = [heading('Run', width, rule)];
  const say = (label: string, text: string): void => {
    if (text !== '') lines.push(...labelled(label, printable(text), width, 'plain', 12));
  };
  say('transaction', host.transaction ?? '');
  say('stage', host.outcome ?? host.stage);
  say('last step', host.progress);
  if (host.verdict !== null) say('verdict', `${host.verdict.verdict}: ${host.verdict.reason}`);
  return lines;
}

/** What comes and goes, with versions and whether it can be undone: this is what a mark on such a host approves. */
function packagePart({ packages }: HostPlan, { width, look }: HostPageProps): readonly Line[] {
  if (packages === null) return [];
  const { rule } = glyphsFor(look.unicode);
  return [
    heading('Packages', width, rule),
    ...textBlock(printable(packages.reason), width, 'dim', 2),
    ...packageTexts(packages).flatMap(({ verb, text }) =>
      labelled(verb, printable(text), width, 'plain', 10, 'strong'),
    ),
  ];
}

function changePart(plan: HostPlan, { width, look, groupSize, unifiedDiff }: HostPageProps): readonly Line[] {
  if (plan.changes.length === 0) return [];
  const { rule, arrow } = glyphsFor(look.unicode);
  const shared = groupSize > 1 ? `, the same on ${groupSize} hosts` : '';
  const lines: Line[] = [heading(`Changes (${plan.changes.length}${shared})`, width, rule)];
  for (const change of plan.changes) {
    lines.push([
      span('  '),
      span(`${change.kind} ${printable(change.name)}`, 'strong'),
      span(`  ${verb(change)}`, 'warn'),
    ]);
    lines.push(...because(plan, change, width, arrow));
    lines.push(...diffLines(unifiedDiff(change), width, look), []);
  }
  return lines.slice(0, -1);
}

/** What somebody changed after the run that was to be taken back: as the run made it, and what became of it since. */
function conflictPart({ conflicts = [] }: HostPlan, { width, look, unifiedDiff }: HostPageProps): readonly Line[] {
  const { rule } = glyphsFor(look.unicode);
  return conflicts.flatMap(({ ofRun, since }) => [
    heading(`Changed since: ${ofRun.kind} ${printable(ofRun.name)}`, width, rule, 'bad'),
    [span('  before the run, and after it', 'strong')],
    ...diffLines(unifiedDiff(ofRun), width, look),
    [span('  after the run, and now', 'strong')],
    ...diffLines(unifiedDiff(since), width, look),
  ]);
}

function verb({ before, after }: Change): string {
  if (before === null) return 'new';
  return after === null ? 'removed' : 'edited';
}

function because(plan: HostPlan, change: Change, width: number, arrow: string): readonly Line[] {
  const finding = plan.findings.find((each) => each.rule === change.because);
  const reason = finding === undefined ? '' : `: ${printable(finding.sentence)}`;
  return textBlock(`${arrow} ${printable(change.because)}${reason}`, width, 'dim', 4);
}

function actionPart(plan: HostPlan, { width, look }: HostPageProps): readonly Line[] {
  if (plan.actions.length === 0) return [];
  const { rule } = glyphsFor(look.unicode);
  return [heading('Then', width, rule), ...plan.actions.map(actionLine)];
}

function actionLine({ kind, name, withoutSyncSeconds, mayStep }: Action): Line {
  const cost = withoutSyncSeconds > 0 ? `  ${secondsText(withoutSyncSeconds)} without sync` : '';
  return [
    span('  '),
    span(`${kind} ${printable(name)}`.trimEnd(), 'strong'),
    span(cost, 'dim'),
    span(mayStep ? '  the clock may step' : '', 'warn'),
  ];
}

function notePart({ host, width, look }: HostPageProps): readonly Line[] {
  const texts = [...host.notes, ...host.found.map(foundText)];
  if (texts.length === 0) return [];
  const { rule, bullet } = glyphsFor(look.unicode);
  const notes = texts.flatMap((note) => labelled('', `${bullet} ${printable(note)}`, width, 'plain', 0));
  return [heading('Notes', width, rule), ...notes];
}

function foundText({ path, copy }: HostPageProps['host']['found'][number]): string {
  return `somebody else wrote ${path} meanwhile; that is kept on the host as ${copy}, to be merged by hand`;
}

function findingPart(plan: HostPlan, { width, look }: HostPageProps): readonly Line[] {
  const glyphs = glyphsFor(look.unicode);
  const open = openFindings(plan.findings);
  const waived = plan.findings.filter((finding) => finding.status !== 'in-sync' && !isOpen(finding));
  const fine = plan.findings.filter(({ status }) => status === 'in-sync');
  return [
    heading(`Findings (${open.length} open, ${waived.length} waived, ${fine.length} in sync)`, width, glyphs.rule),
    ...[...open, ...waived].flatMap((finding) => findingLines(finding, width, glyphs)),
    ...textBlock(
      fine.length === 0 ? '' : `${glyphs.ok} ${fine.map(({ rule }) => printable(rule)).join(', ')}`,
      width,
      'good',
      2,
    ),
  ];
}

function findingLines(finding: Finding, width: number, glyphs: Glyphs): readonly Line[] {
  const tone = finding.waived === null ? severityTone(finding.severity) : 'dim';
  const sign = finding.status === 'unknown' ? glyphs.unknown : glyphs.severe;
  return [
    [
      span(`  ${sign} ${finding.severity} `, tone),
      span(printable(finding.rule), 'strong'),
      span(`  ${finding.status}`, 'dim'),
    ],
    ...textBlock(printable(finding.sentence), width, finding.status === 'unknown' ? 'warn' : 'plain', 4),
    ...judgement(finding, width, glyphs),
    ...(finding.waived === null ? [] : textBlock(`waived: ${printable(finding.waived)}`, width, 'accent', 4)),
    ...finding.evidence.flatMap((evidence) => evidenceLines(evidence, width, glyphs)),
    ...textBlock(printable(finding.source), width, 'dim', 4),
    [],
  ];
}

function judgement(finding: Finding, width: number, glyphs: Glyphs): readonly Line[] {
  if (finding.status !== 'violation') return [];
  const { measured, limit } = finding;
  return textBlock(`found ${quantity(measured, glyphs)}, expected ${quantity(limit, glyphs)}`, width, 'warn', 4);
}

function quantity(measurement: Measurement, glyphs: Glyphs): string {
  return printable(drawnText(measurementText(measurement), glyphs));
}

function evidenceLines({ where, text }: Evidence, width: number, glyphs: Glyphs): readonly Line[] {
  return textBlock(`${glyphs.side} ${printable(where)}: ${printable(text)}`, width, 'accent', 4);
}
