import type { ChronyLayout } from '#config/chrony-layout.js';
import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { PlacedLine } from '#config/config-layout.js';
import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { HOST_CLOCKS, type HostClock, isClockOf } from '#platforms/host-clocks.js';
import { optionWords, type PhcLine, phcLines } from '#platforms/phc-lines.js';
import type { Observation } from '#rules/observation.js';
import { inSync, violation } from '#rules/observe.js';
import { type Decision, disable, type LineOp, lineEvidence } from './line-decision.js';
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
  layout: ChronyLayout,
  host: ChronyHost,
  facts: Facts,
  taken: Taken,
  offer: PtpOffer,
): RefclockDecision {
  const lines = phcLines(layout, facts.ptp.value);
  const { ops, refclock } = decideLines(lines, host, taken, offer.clock);
  const going = new Set(ops.map(({ placed }) => placed));
  const staying = lines.filter(({ placed }) => !going.has(placed));
  return { ops, refclock, own: [], observations: observe(layout, staying, host) };
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
  const ops = lines.filter((one) => one !== good && one.names !== 'other').map(replace);
  if (good !== undefined) return { ops, refclock: { by: 'image', clock } };
  return { ops, refclock: { by: 'ours', clock, options: refclockOptions(clock, phc, host.version) } };
}

function isOfHost({ names, device }: PhcLine): boolean {
  return names === 'host' || (device != null && HOST_CLOCKS.some((clock) => isClockOf(clock, device.clockName)));
}

function replace(one: PhcLine): LineOp {
  return disable(one.placed, one.names === 'index' ? 'phc/by-index' : 'phc/configured');
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
  const words = optionWords(one.placed.line);
  const offset = words.indexOf('offset');
  if (words.includes('tai') || (offset >= 0 && Number(words[offset + 1]) !== 0)) return false;
  if (words.includes('stratum') && !isAtLeast(host.version, SINCE.refclockStratum)) return false;
  if (words.includes('noselect') !== (use === 'watched')) return false;
  return words.includes('prefer') ? order.mayPrefer : !order.mustPrefer;
}

function observe(layout: ChronyLayout, lines: readonly PhcLine[], host: ChronyHost): Observation[] {
  return [inSourcesFile(layout), missingDevice(lines), tooNew(lines, host), byIndex(lines)];
}

function isMissing(one: PhcLine): boolean {
  return one.device === null && one.path.startsWith('/dev/ptp');
}

function inSourcesFile(layout: ChronyLayout): Observation {
  const ignored = layout.foreign.filter(
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
  const wrong = lines.filter(
    (one) => isOld && optionWords(one.placed.line).some((word) => word === 'stratum' || word === 'tai'),
  );
  return listed(
    'chrony/option-too-new',
    wrong.map((one) => one.placed),
    'options of this version',
  );
}

function byIndex(lines: readonly PhcLine[]): Observation {
  const named = lines.filter((one) => one.names === 'index');
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
