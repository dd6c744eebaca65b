import { isAtLeast, SINCE } from '#config/chrony-version.js';
import { isOwn, type PhcLine, type PlacedLine } from '#config/daemon-config.js';
import type { ChronyConfig } from '#config/read-chrony-config.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { HOST_CLOCKS, type HostClock, isClockOf, namingOf } from '#platforms/host-clocks.js';
import { lineEvidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, violation } from '#rules/observe.js';
import { type Decision, disable, type LineOp } from './line-decision.js';
import type { PtpOffer } from './ptp-offer.js';
import { type RefclockUse, refclockOptions } from './refclock.js';
import type { Taken } from './take-strategy.js';

export interface RefclockDecision extends Decision {
  /**
   * `ours`: put in at start by our script with these options. `image`: the configuration has a good line of its own.
   * `none`: it is to be no source. `left`: nothing is decided about it.
   */
  readonly refclock:
    | { readonly by: 'ours'; readonly clock: HostClock; readonly options: string }
    | { readonly by: 'image'; readonly clock: HostClock }
    | { readonly by: 'none' | 'left' };
}

/** Which refclock lines go, and who puts the PTP clock in. */
export function decideRefclock(
  config: ChronyConfig,
  host: ChronyHost,
  taken: Taken,
  offer: PtpOffer,
): RefclockDecision {
  const lines = config.refclocks.filter(({ placed }) => !isOwn(placed));
  const { ops, refclock } = decideLines(lines, host, taken, offer.clock);
  const going = new Set(ops.map(({ placed }) => placed));
  const staying = lines.filter(({ placed }) => !going.has(placed));
  return { ops, refclock, own: [], observations: observe(config, staying, host) };
}

function decideLines(
  lines: readonly PhcLine[],
  host: ChronyHost,
  taken: Taken,
  clock: HostClock | null,
): Pick<RefclockDecision, 'ops' | 'refclock'> {
  const { phc, selected } = taken.row;
  if (phc === 'removed') {
    return {
      ops: lines.filter(isOfHost).map((one) => disable(one.placed, 'phc/unwanted')),
      refclock: { by: 'none' },
    };
  }
  if (phc === 'left' || clock === null) {
    return {
      ops: lines.filter(isMissing).map((one) => disable(one.placed, 'phc/device-missing')),
      refclock: { by: 'left' },
    };
  }
  const mayPrefer = phc !== 'beside' || selected.refclock;
  const mustPrefer = phc === 'first' && !taken.acceptsUnpreferred;
  const good = lines.find((one) => isGood(one, clock, phc, host, { mayPrefer, mustPrefer }));
  const ops = lines.filter((one) => one !== good && namingOf(one) !== 'other').map(replace);
  if (good !== undefined) return { ops, refclock: { by: 'image', clock } };
  return { ops, refclock: { by: 'ours', clock, options: refclockOptions(clock, phc, host.version) } };
}

function isOfHost(one: PhcLine): boolean {
  const { device } = one;
  return (
    namingOf(one) === 'host' || (device != null && HOST_CLOCKS.some((clock) => isClockOf(clock, device.clockName)))
  );
}

function replace(one: PhcLine): LineOp {
  return disable(one.placed, namingOf(one) === 'index' ? 'phc/by-index' : 'phc/configured');
}

/** A line of the image is left alone when it does what ours would do, even with other poll intervals. */
function isGood(
  one: PhcLine,
  clock: HostClock,
  use: RefclockUse,
  host: ChronyHost,
  order: { readonly mayPrefer: boolean; readonly mustPrefer: boolean },
): boolean {
  if (one.path !== clock.link || one.device === null) return false;
  const words = one.options;
  const offset = words.indexOf('offset');
  if (words.includes('tai') || (offset >= 0 && Number(words[offset + 1]) !== 0)) return false;
  if (words.includes('stratum') && !isAtLeast(host.version, SINCE.refclockStratum)) return false;
  if (words.includes('noselect') !== (use === 'watched')) return false;
  return words.includes('prefer') ? order.mayPrefer : !order.mustPrefer;
}

function observe(config: ChronyConfig, lines: readonly PhcLine[], host: ChronyHost): Observation[] {
  return [inSourcesFile(config), missingDevice(lines), tooNew(lines, host), byIndex(lines)];
}

function isMissing(one: PhcLine): boolean {
  return one.device === null && one.path.startsWith('/dev/ptp');
}

function inSourcesFile(config: ChronyConfig): Observation {
  const ignored = config.foreign.filter(
    ({ file, line }) => file.role === 'sources' && line.directive === 'refclock' && !line.disabled,
  );
  return listed('phc/in-sources-file', ignored, 'no refclock in a *.sources file');
}

function missingDevice(lines: readonly PhcLine[]): Observation {
  const missing = lines.filter(isMissing);
  return listed(
    'phc/device-missing',
    missing.map((one) => one.placed),
    'the device exists',
  );
}

function tooNew(lines: readonly PhcLine[], host: ChronyHost): Observation {
  const isOld = !isAtLeast(host.version, SINCE.refclockStratum);
  const wrong = lines.filter((one) => isOld && one.options.some((word) => word === 'stratum' || word === 'tai'));
  return listed(
    'chrony/option-too-new',
    wrong.map((one) => one.placed),
    'options of this version',
  );
}

function byIndex(lines: readonly PhcLine[]): Observation {
  const named = lines.filter((one) => namingOf(one) === 'index');
  return listed(
    'phc/by-index',
    named.map((one) => one.placed),
    'a name that follows the clock',
  );
}

function listed(rule: Observation['rule'], placed: readonly PlacedLine[], limit: string): Observation {
  const first = placed[0];
  if (first === undefined) return inSync(rule);
  return violation(rule, first.line.text.trim(), limit, placed.map(lineEvidence));
}
