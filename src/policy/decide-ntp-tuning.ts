import type { ConfigLine } from '#config/config-line.js';
import type { MainConfig, PlacedLine } from '#config/daemon-config.js';
import { foreignValue } from '#config/ntp-values.js';
import { isServerLine } from '#config/server-line.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { evidence, lineEvidence } from '#rules/evidence.js';
import { isLenient, VIRTUAL } from '#rules/ntpd.js';
import type { Observation } from '#rules/observation.js';
import { inSync, violation } from '#rules/observe.js';
import type { Settings } from '#settings/settings.js';
import type { ClockControl } from './daemons/keeper.js';
import { type Decision, disable, type OwnLine, onceEach } from './line-decision.js';

/** What of ntpd's configuration, besides its servers, decides whether it follows them. */
export interface TuningInput {
  readonly facts: Facts;
  readonly settings: Settings;
  readonly config: MainConfig;
  /** Every line that will bring a source: those of ours and those that stay. */
  readonly sources: readonly ConfigLine[];
  /** The settings name a makestep of their own. */
  readonly stepsAsked: boolean;
  readonly commandLine: readonly string[] | null;
  /** ntp.org's ntpd refuses a pool under `nopeer`; `restrict source` is the way out, where it knows that. */
  readonly refusesPoolUnderNopeer: boolean;
  readonly knowsRestrictSource: boolean;
}

export function decideNtpTuning(input: TuningInput): Decision {
  const parts = [
    decideSteps(input),
    decidePanic(input),
    decideMinsane(input),
    decideRestrict(input),
    decideKeys(input),
  ];
  return {
    ops: parts.flatMap((one) => one.ops),
    own: parts.flatMap((one) => one.own),
    observations: parts.flatMap((one) => one.observations),
  };
}

/** ntpd steps at offsets above `tinker step` (0.128 s without it) at any time; 0: never. */
function decideSteps({ config, settings: { makestep }, stepsAsked }: TuningInput): Decision {
  if (!stepsAsked) return nothing();
  if (makestep !== null && makestep.limit !== -1) {
    const asked = `steps in the first ${makestep.limit} updates only`;
    return nothing([violation('ntpd/steps', 'ntpd steps at any time or never', asked, [])]);
  }
  const wanted = makestep?.thresholdSeconds ?? 0;
  const there = foreignValue(config, 'tinker', 'step');
  if (there?.value === wanted) return nothing([inSync('ntpd/steps', [lineEvidence(there.placed)])]);
  return own({ text: `tinker step ${wanted}`, rule: 'ntpd/steps' });
}

/** ntpd ends itself when the clock is wrong by more than 1000 s, as after a long pause of a VM; -g forgives once. */
function decidePanic({ config, settings, stepsAsked, facts, commandLine }: TuningInput): Decision {
  const isOff = foreignValue(config, 'tinker', 'panic')?.value === 0;
  const isAsked = stepsAsked && settings.makestep?.limit === -1;
  const isVirtual = VIRTUAL.has(facts.virtualization.value ?? '');
  const mayPanic = isVirtual && commandLine !== null && !isLenient(commandLine);
  if (isOff || !(isAsked || mayPanic)) return nothing();
  return own({ text: 'tinker panic 0', rule: 'ntpd/panic' });
}

/** With fewer sources than `tos minsane` ntpd follows none, ever. Debian's ntpsec asks for 3. */
function decideMinsane({ config, sources }: TuningInput): Decision {
  const asked = foreignValue(config, 'tos', 'minsane');
  const count = sources.reduce((sum, line) => sum + (line.directive === 'pool' ? POOL : 1), 0);
  if (asked === null || count === 0 || count >= asked.value) return nothing([inSync('ntpd/minsane')]);
  return own({ text: 'tos minsane 1', rule: 'ntpd/minsane' });
}

/** A pool brings as many servers as ntpd wants, at least these. */
const POOL = 4;

/** `restrict default ignore` drops the answers of servers too; `nopeer` keeps ntp.org's ntpd from taking those of a pool. */
function decideRestrict(input: TuningInput): Decision {
  const { config, sources } = input;
  const rules = config.foreign.filter(({ line }) => line.directive === 'restrict' && !line.disabled).map(restriction);
  const defaults = rules.filter(({ address }) => address === 'default');
  const ignores = defaults.some(({ flags }) => flags.includes('ignore'));
  const nopeer = input.refusesPoolUnderNopeer && defaults.some(({ flags }) => flags.includes('nopeer'));
  const own: OwnLine[] = [];
  const shut: string[] = [];
  const ruled = new Set(rules.map(({ address }) => address));
  const hasSource = ruled.has('source');
  for (const { directive, args } of sources.filter(isServerLine)) {
    const address = args[0] ?? '';
    const isPool = directive === 'pool';
    if (hasSource || !(ignores || (nopeer && isPool)) || ruled.has(address)) continue;
    const place = isPool || !isNumeric(address) ? 'source' : address;
    if (place === 'source' && !input.knowsRestrictSource) shut.push(address);
    else own.push({ text: `restrict ${place} nomodify notrap noquery`, rule: 'ntpd/restrict' });
  }
  const seen = defaults.map(({ placed }) => lineEvidence(placed));
  const first = shut[0];
  return {
    ops: [],
    own: onceEach(own),
    observations:
      first === undefined
        ? own.length > 0
          ? []
          : [inSync('ntpd/restrict')]
        : [
            violation(
              'ntpd/restrict',
              `the answers of ${first} are dropped`,
              'a restrict line that lets them in',
              seen,
            ),
          ],
  };
}

function restriction(placed: PlacedLine) {
  const [address = '', ...flags] = placed.line.args.filter((word) => word !== '-4' && word !== '-6');
  return { placed, address: address.toLowerCase(), flags: flags.map((word) => word.toLowerCase()) };
}

function isNumeric(address: string): boolean {
  return /^[0-9.]+$/.test(address) || address.includes(':');
}

/** A key of the key file counts only when it is trusted. */
function decideKeys({ config, settings }: TuningInput): Decision {
  const keys = new Set(settings.ntpServers.flatMap(({ key }) => key ?? []));
  const trusted = config.foreign
    .filter(({ line }) => line.directive === 'trustedkey' && !line.disabled)
    .flatMap(({ line }) => line.args.map(Number));
  const missing = [...keys].filter((key) => !trusted.includes(key));
  return missing.length === 0
    ? nothing()
    : own({ text: `trustedkey ${missing.join(' ')}`, rule: 'sources/playbook-servers' });
}

/**
 * `disable ntp`: all that ntpd shows looks right, and the clock is not set. A line that says nothing else is switched off.
 */
export function decideNtpControl(config: MainConfig): NtpControl {
  const lines = config.foreign.filter(({ line }) => {
    const isSwitch = line.directive === 'disable' || line.directive === 'enable';
    return isSwitch && !line.disabled && line.args.some((word) => word.toLowerCase() === 'ntp');
  });
  const last = lines.at(-1);
  if (last?.line.directive !== 'disable') return { ...nothing([inSync('ntpd/no-clock-control')]), problem: null };
  const plain = lines.filter(({ line }) => line.directive === 'disable');
  if (plain.every(({ line }) => line.args.length === 1)) {
    const ops = plain.map((placed) => disable(placed, 'ntpd/no-clock-control'));
    return { ops, own: [], observations: [], problem: null };
  }
  const text = last.line.text.trim();
  return {
    ...nothing([violation('ntpd/no-clock-control', text, 'no "disable ntp"', plain.map(lineEvidence))]),
    problem: problem('policy/no-clock-control', `ntp.conf says "${evidence('', plain[0]?.line.text ?? text).text}".`),
  };
}

export interface NtpControl extends Decision, ClockControl {}

function nothing(observations: readonly Observation[] = []): Decision {
  return { ops: [], own: [], observations };
}

function own(line: OwnLine): Decision {
  return { ops: [], own: [line], observations: [] };
}
