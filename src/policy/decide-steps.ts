import type { ConfigLine } from './chrony-config.js';
import type { ChronyLayout, PlacedLine } from './chrony-layout.js';
import { type Decision, disable, enable, lineEvidence } from './line-decision.js';
import { inSync, violation } from './observe.js';
import type { Observation } from './policy.js';
import type { Settings } from './settings.js';

/**
 * `makestep` and `rtcsync`. In chrony the last makestep line counts, and Debian reads its confdir first: so lines
 * that differ are switched off. `enforced` false: what tsync had switched off comes back.
 */
export function decideSteps(layout: ChronyLayout, settings: Settings, enforced: boolean): Decision {
  const step = decideMakestep(layout, settings, enforced);
  const rtc = decideRtcsync(layout, enforced);
  return {
    ops: [...step.ops, ...rtc.ops],
    own: [...step.own, ...rtc.own],
    observations: [...step.observations, ...rtc.observations, ...maxchange(layout, enforced)],
  };
}

function decideMakestep(layout: ChronyLayout, settings: Settings, enforced: boolean): Decision {
  const lines = linesOf(layout, 'makestep');
  if (!enforced || settings.makestep === null) {
    return { ops: comeBack(lines, 'chrony/makestep'), own: [], observations: [] };
  }
  const { thresholdSeconds, limit } = settings.makestep;
  const isWanted = (line: ConfigLine) => Number(line.args[0]) === thresholdSeconds && Number(line.args[1]) === limit;
  const active = lines.filter(({ line }) => !line.disabled);
  const ops = active.filter(({ line }) => !isWanted(line)).map((placed) => disable(placed, 'chrony/makestep'));
  if (ops.length < active.length)
    return { ops, own: [], observations: ops.length > 0 ? [] : [inSync('chrony/makestep')] };
  const threshold = Number.isInteger(thresholdSeconds) ? thresholdSeconds.toFixed(1) : String(thresholdSeconds);
  return { ops, own: [{ text: `makestep ${threshold} ${limit}`, rule: 'chrony/makestep' }], observations: [] };
}

function decideRtcsync(layout: ChronyLayout, enforced: boolean): Decision {
  const active = [...linesOf(layout, 'rtcsync'), ...linesOf(layout, 'rtcfile')].filter(({ line }) => !line.disabled);
  if (!enforced) return { ops: [], own: [], observations: [] };
  if (active.length > 0)
    return { ops: [], own: [], observations: [inSync('chrony/rtcsync', active.map(lineEvidence))] };
  return { ops: [], own: [{ text: 'rtcsync', rule: 'chrony/rtcsync' }], observations: [] };
}

function maxchange(layout: ChronyLayout, enforced: boolean): Observation[] {
  const active = linesOf(layout, 'maxchange').filter(({ line }) => !line.disabled);
  const first = active[0];
  if (!enforced || first === undefined) return [inSync('chrony/maxchange')];
  return [violation('chrony/maxchange', first.line.text.trim(), 'no maxchange line', active.map(lineEvidence))];
}

function comeBack(lines: readonly PlacedLine[], rule: 'chrony/makestep') {
  return lines.filter(({ line }) => line.disabled).map((placed) => enable(placed, rule));
}

function linesOf(layout: ChronyLayout, directive: string): PlacedLine[] {
  return layout.foreign.filter(({ line, file }) => line.directive === directive && file.role === 'config');
}
