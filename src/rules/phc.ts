import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { PhcLine } from '#config/daemon-config.js';
import type { FileFacts } from '#facts/facts.js';
import { bytesToText } from '#snapshot/bytes.js';
import { type Answer, amount, breach, type Condition, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './observe.js';
import { isSettled, ntpSources, refclockSources, type Seen, sourceSeen } from './seen.js';

/** Azure/AgentBaker: above this the clock of the host is suspected. */
const DIFFERENCE_SECONDS = 0.005;

export const PHC_CONDITIONS = {
  'aws/ena-phc': (seen) => {
    const { facts, refclocks } = seen;
    const lines = refclocks.filter(
      ({ path, device }) => path === '/dev/ptp_ena' || device?.clockName.startsWith('ena-ptp'),
    );
    if (lines.length === 0) return noLine(seen);
    if (lines.every(({ device }) => device !== null && device !== undefined)) return 'holds';
    const { enaPhc } = facts.around;
    if (enaPhc.value === null) return doubt(enaPhc.reason);
    return enaPhc.value
      ? 'holds'
      : breach(
          'phc_enable 0',
          'phc_enable 1',
          lines.map(({ placed }) => lineEvidence(placed)),
        );
  },
  'phc/agrees': (seen) => {
    const refclocks = refclockSources(seen);
    if (refclocks === null || refclocks.length === 0) return null;
    const wrong = refclocks.filter(({ state }) => state === 'x');
    return wrong.length === 0 ? 'holds' : breach(`${wrong[0]?.name}: state x`, 'agreement', wrong.map(sourceSeen));
  },
  'phc/bare-refclock': (seen) => {
    if (seen.refclocks.length === 0) return noLine(seen);
    const order = judgeStartOrder(seen);
    const isSaid = order !== null && order !== 'holds' && order.verdict.status === 'violation';
    if (isSaid) return null;
    return listed(
      seen.refclocks.filter(({ placed }) => !placed.file.madeAtStart),
      'a line made at start',
    );
  },
  'phc/card-offset': (seen) => {
    const { facts, refclocks } = seen;
    if (!facts.around.programs.value?.some(({ name }) => name === 'ptp4l')) return null;
    const cards = refclocks.filter(isOnCard);
    if (cards.length === 0) return noLine(seen);
    return listed(
      cards.filter(({ options }) => !options.includes('tai') && offsetOf(options) === 0),
      'tai, or offset -37',
    );
  },
  'phc/compared': compareWithNtp,
  'phc/offset': (seen) => {
    const ofHost = seen.refclocks.filter(isOfHyperv);
    if (ofHost.length === 0) return noLine(seen);
    return listed(
      ofHost.filter(({ options }) => options.includes('tai') || offsetOf(options) !== 0),
      'offset 0',
    );
  },
  'phc/sandbox': (seen) => {
    const { facts, chrony, refclocks } = seen;
    if (facts.os.value?.id !== 'alpine') return null;
    if (refclocks.length === 0) return noLine(seen);
    const words = chrony?.commandLine;
    if (words === null || words === undefined) return doubt('the arguments of chronyd could not be read');
    const at = words.findIndex((word) => word.startsWith('-F'));
    const level = at < 0 ? '0' : words[at] === '-F' ? words[at + 1] : words[at]?.slice(2);
    if (level === '0') return 'holds';
    return breach(`-F ${level}`, 'no -F', [evidence(`/proc/${chrony?.pid ?? 0}/cmdline`, words.join(' '))]);
  },
  'phc/stale': (seen) => {
    const refclocks = refclockSources(seen);
    if (refclocks === null || refclocks.length === 0 || !isSettled(seen)) return null;
    const dead = refclocks.filter(({ reach }) => reach === 0);
    return dead.length === 0 ? 'holds' : breach(`${dead[0]?.name}: reach 0`, 'samples', dead.map(sourceSeen));
  },
  'phc/start-order': judgeStartOrder,
  'phc/stratum': (seen) => {
    const { refclocks, version } = seen;
    const ofHost = refclocks.filter(isOfHyperv);
    if (ofHost.length === 0) return noLine(seen);
    if (version === null || !isAtLeast(version, SINCE.refclockStratum)) return null;
    return listed(
      ofHost.filter(({ options }) => !options.includes('stratum') && !options.includes('noselect')),
      'stratum 2',
    );
  },
  'phc/trust': (seen) => {
    const { refclocks, servers } = seen;
    if (refclocks.length === 0 || servers.length === 0) return noLine(seen);
    return listed(
      refclocks.filter(({ options }) => options.includes('trust')),
      'prefer without trust',
    );
  },
  'phc/udev-tag': (seen) => {
    const unit = readUnit(seen);
    if (unit === null || !WAITS.test(unit)) return null;
    if ((seen.facts.systemdVersion.value ?? 0) >= TAGGED_SINCE) return 'holds';
    const { udevRules } = seen.facts.around;
    if (udevRules.value === null) return doubt(udevRules.reason);
    const rules = udevRules.value.filter((rule) => rule.includes('hyperv'));
    if (rules.some((rule) => rule.includes('systemd'))) return 'holds';
    return breach(
      'no TAG+="systemd"',
      'TAG+="systemd"',
      rules.map((rule) => evidence('udev rules', rule)),
    );
  },
  'phc/undisciplined': (seen) => {
    const { facts, refclocks } = seen;
    const known = refclocks.filter(({ device, options }) => device && !options.includes('noselect'));
    if (known.length === 0) return noLine(seen);
    const cards = known.filter(isOnCard);
    if (cards.length === 0) return 'holds';
    const { programs } = facts.around;
    if (programs.value === null) return doubt(programs.reason);
    if (programs.value.some(({ name }) => name === 'ptp4l' || name === 'timemaster')) return 'holds';
    const first = cards[0];
    const found = cards.map(({ placed, device }) =>
      evidence(lineEvidence(placed).where, `${device?.device} is ${device?.clockName}`),
    );
    return breach(`${first?.path}: ${first?.device?.clockName}`, 'the clock of the host', found);
  },
} satisfies Record<string, Condition>;

const WAITS = /^[ \t]*After=.*dev-ptp_hyperv\.device/m;
/** The release of systemd whose own rule has the tag. */
const TAGGED_SINCE = 255;

/** Clocks that hypervisors and clouds give; any other belongs to a network card. */
const OF_HOSTS = /^(?:hyperv|KVM virtual PTP|ptp_vmw|ena-ptp|vmclock)/;

function isOnCard({ device }: PhcLine): boolean {
  return device !== null && device !== undefined && device.clockName !== 'unknown' && !OF_HOSTS.test(device.clockName);
}

function isOfHyperv({ path, device }: PhcLine): boolean {
  return path === '/dev/ptp_hyperv' || device?.clockName === 'hyperv';
}

function offsetOf(options: readonly string[]): number {
  const at = options.indexOf('offset');
  return at < 0 ? 0 : Number(options[at + 1]);
}

function listed(wrong: readonly PhcLine[], limit: string): Answer {
  const first = wrong[0];
  if (first === undefined) return 'holds';
  return breach(
    first.placed.line.text.trim(),
    limit,
    wrong.map(({ placed }) => lineEvidence(placed)),
  );
}

/** Where the boot race was reported: Debian's and Ubuntu's images are not among them. */
function judgeStartOrder(seen: Seen): Answer {
  const bare = seen.refclocks.filter(({ path, placed }) => path === '/dev/ptp_hyperv' && !placed.file.madeAtStart);
  if (seen.facts.os.value?.family === 'debian') return null;
  if (bare.length === 0) return noLine(seen);
  const unit = readUnit(seen);
  if (unit === null) return doubt('the unit of chronyd could not be read');
  return WAITS.test(unit) ? 'holds' : listed(bare, 'After=dev-ptp_hyperv.device');
}

/** Against the server with the smallest error; within the errors that chronyd itself gives, nothing is proved. */
function compareWithNtp(seen: Seen): Answer {
  const clock = refclockSources(seen)?.find(({ reach, state }) => reach > 0 && state !== 'x');
  const server = ntpSources(seen)
    ?.filter(({ reach, state }) => reach > 0 && state !== 'x')
    .toSorted((left, right) => left.errorSeconds - right.errorSeconds)[0];
  if (clock === undefined || server === undefined) return null;
  const difference = Math.abs(clock.offsetSeconds - server.offsetSeconds);
  const limit = Math.max(DIFFERENCE_SECONDS, clock.errorSeconds + server.errorSeconds);
  return difference <= limit
    ? 'holds'
    : breach(amount(difference, 's'), amount(limit, 's'), [clock, server].map(sourceSeen));
}

/** The unit file of chronyd and its drop-ins as one text, or null when one is not known. */
function readUnit({ facts, chrony }: Seen): string | null {
  const service = chrony?.unit ? facts.services.get(chrony.unit) : undefined;
  if (service === undefined || service.fragmentPath === null) return null;
  const texts = [service.fragmentPath, ...service.dropIns].map((path) => textOf(facts.files.get(path)));
  return texts.includes(null) ? null : texts.join('\n');
}

function textOf(file: FileFacts | undefined): string | null {
  return file?.state === 'present' ? bytesToText(file.bytes) : null;
}
