import type { ConfigLine } from '#config/config-line.js';
import type { PlacedLine } from '#config/daemon-config.js';
import type { ChronyConfig } from '#config/read-chrony-config.js';
import { lineEvidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, violation } from '#rules/observe.js';
import type { Settings } from '#settings/settings.js';
import { type Decision, disable, enable, type LineOp } from './line-decision.js';

/** Why steps are decided about: a PTP clock is used, or the settings name a makestep of their own. */
export interface StepsAsked {
  readonly byPtp: boolean;
  readonly bySettings: boolean;
  /** chronyd is to follow sources that smear leap seconds: it must not make any of its own. */
  readonly smeared: boolean;
}

/**
 * `makestep` and `rtcsync`. In chrony the last makestep line counts. Where that one differs, all that differ are switched off, because
 * Debian reads its confdir, and our line in it, first. Where nobody asks, what tsync had switched off comes back.
 */
export function decideSteps(config: ChronyConfig, settings: Settings, asked: StepsAsked): Decision {
  const step = decideMakestep(config, settings.makestep, asked.byPtp || asked.bySettings);
  const rtc = decideRtcsync(config, asked.byPtp);
  const mayExit = asked.byPtp && settings.makestep?.limit === -1;
  return {
    ops: [...step.ops, ...rtc.ops, ...leapSeconds(config, asked.smeared)],
    own: [...step.own, ...rtc.own],
    observations: [...step.observations, ...rtc.observations, ...maxchange(config, mayExit)],
  };
}

/** `makestep` null: the clock is never stepped, so that no line may stay. */
function decideMakestep(config: ChronyConfig, makestep: Settings['makestep'], isAsked: boolean): Decision {
  const lines = linesOf(config, 'makestep');
  if (!isAsked) return { ops: comeBack(lines, 'chrony/makestep'), own: [], observations: [] };
  const active = lines.filter(({ line }) => !line.disabled);
  const last = active.at(-1);
  const isLast = last !== undefined && isMakestep(last.line, makestep);
  if (isLast) return { ops: [], own: [], observations: [inSync('chrony/makestep')] };
  const ops = active
    .filter(({ line }) => !isMakestep(line, makestep))
    .map((placed) => disable(placed, 'chrony/makestep'));
  const isThere = makestep === null || ops.length < active.length;
  const own = isThere ? [] : [{ text: makestepLine(makestep), rule: 'chrony/makestep' as const }];
  return { ops, own, observations: isThere && ops.length === 0 ? [inSync('chrony/makestep')] : [] };
}

function isMakestep(line: ConfigLine, makestep: Settings['makestep']): boolean {
  if (makestep === null) return false;
  return Number(line.args[0]) === makestep.thresholdSeconds && Number(line.args[1]) === makestep.limit;
}

function makestepLine({ thresholdSeconds, limit }: NonNullable<Settings['makestep']>): string {
  const threshold = Number.isInteger(thresholdSeconds) ? thresholdSeconds.toFixed(1) : String(thresholdSeconds);
  return `makestep ${threshold} ${limit}`;
}

function decideRtcsync(config: ChronyConfig, enforced: boolean): Decision {
  const active = [...linesOf(config, 'rtcsync'), ...linesOf(config, 'rtcfile')].filter(({ line }) => !line.disabled);
  if (!enforced) return { ops: [], own: [], observations: [] };
  if (active.length > 0)
    return { ops: [], own: [], observations: [inSync('chrony/rtcsync', active.map(lineEvidence))] };
  return { ops: [], own: [{ text: 'rtcsync', rule: 'chrony/rtcsync' }], observations: [] };
}

/** Switched off beside sources that smear; what tsync had switched off comes back without them. */
function leapSeconds(config: ChronyConfig, smeared: boolean): readonly LineOp[] {
  const rule = 'chrony/leap-seconds-smeared';
  const lines = [...linesOf(config, 'leapsectz'), ...linesOf(config, 'leapseclist')];
  if (!smeared) return comeBack(lines, rule);
  return lines.filter(({ line }) => !line.disabled).map((placed) => disable(placed, rule));
}

function maxchange(config: ChronyConfig, enforced: boolean): Observation[] {
  const active = linesOf(config, 'maxchange').filter(({ line }) => !line.disabled);
  const first = active[0];
  if (!enforced || first === undefined) return [inSync('chrony/maxchange')];
  return [violation('chrony/maxchange', first.line.text.trim(), 'no maxchange line', active.map(lineEvidence))];
}

function comeBack(lines: readonly PlacedLine[], rule: LineOp['rule']): readonly LineOp[] {
  return lines.filter(({ line }) => line.disabled).map((placed) => enable(placed, rule));
}

function linesOf(config: ChronyConfig, directive: string): PlacedLine[] {
  return config.foreign.filter(({ line, file }) => line.directive === directive && file.role === 'config');
}
