import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { PhcLine } from '#config/daemon-config.js';
import type { FileFacts } from '#facts/facts.js';
import { bytesToText } from '#snapshot/bytes.js';
import { type Answer, breach, doubt, noLine } from './answer.js';
import { AZURE } from './citations.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import type { Seen } from './seen.js';

/** What the refclock lines of chrony.conf say of PTP clocks; phc.ts has what chronyd gets from these clocks. */
export const PHC_REFCLOCK_RULES = [
  {
    id: 'phc/bare-refclock',
    severity: 'info',
    sentence: 'chronyd would start even if the PTP clock were missing.',
    broken: 'chronyd would not start if the PTP clock were missing.',
    brokenAt: '{where} would keep chronyd from starting if the PTP clock were missing.',
    applies: 'Where chronyd has a PHC refclock, and phc/start-order has no finding.',
    source:
      'chronyd: "Fatal error : Could not open PHC" when the device is missing, as on another host or after the host switched it off',
    remedy: 'Write the line at each start, and only if the device is there, as tsync and the newest Azure images do.',
    condition: (seen) => {
      if (seen.refclocks.length === 0) return noLine(seen);
      const order = judgeStartOrder(seen);
      const isSaid = order !== null && order !== 'holds' && order.verdict.status === 'violation';
      if (isSaid) return null;
      return listed(
        seen.refclocks.filter(({ placed }) => !placed.file.madeAtStart),
        'a line made at start',
      );
    },
  },
  {
    id: 'phc/by-index',
    severity: 'high',
    sentence: 'No PTP clock is configured by its number.',
    broken: 'A PTP clock is named by its number, and numbers change at boot.',
    brokenAt: '{where} names a PTP clock by its number, and numbers change at boot: {text}.',
    applies: 'Where chronyd has a PHC refclock.',
    source: 'Azure/AKS#3710: /dev/ptp0 and /dev/ptp1 change places between boots',
    remedy: 'Name it by the link that udev makes for the clock: /dev/ptp_hyperv, ptp_kvm, ptp_vmw or ptp_ena.',
    condition: null,
  },
  {
    id: 'phc/card-offset',
    severity: 'high',
    sentence: 'Where ptp4l keeps a clock on TAI, chronyd reads it as TAI.',
    broken: 'chronyd reads a clock as UTC, but ptp4l keeps that clock on TAI.',
    brokenAt: '{where} reads a clock as UTC, but ptp4l keeps that clock on TAI.',
    applies: 'Where ptp4l runs and chronyd has a refclock on the clock of a network card.',
    source: 'chrony.conf(5): refclock offset and tai; PTP counts TAI, which is 37 s ahead of UTC',
    remedy: 'Give the refclock "tai" (with leapsectz or leapseclist), or offset -37.',
    condition: (seen) => {
      const { facts, refclocks } = seen;
      if (!facts.around.programs.value?.some(({ name }) => name === 'ptp4l')) return null;
      const cards = refclocks.filter(isOnCard);
      if (cards.length === 0) return noLine(seen);
      return listed(
        cards.filter(({ options }) => !options.includes('tai') && offsetOf(options) === 0),
        'tai, or offset -37',
      );
    },
  },
  {
    id: 'phc/configured',
    severity: 'high',
    sentence:
      "chronyd has the PTP clock of the VM's host as a source, by a line that is written at start only if the clock is there.",
    broken: "chronyd does not have the PTP clock of the VM's host as a source, or not by the right line.",
    applies: 'Where the strategy asks for the PTP clock and the host has it.',
    source: `${AZURE}; a refclock whose device is missing keeps chronyd from starting`,
    remedy: 'Let tsync add it.',
    condition: null,
  },
  {
    id: 'phc/device-missing',
    severity: 'critical',
    sentence: 'Every refclock line of the configuration names a device that exists.',
    broken: 'A refclock names a device that does not exist: chronyd does not start.',
    brokenAt: '{where} names a device that does not exist: chronyd does not start.',
    applies: 'Where chronyd has a PHC refclock.',
    source: 'chronyd: "Fatal error : Could not open PHC"; Azure/WALinuxAgent#3038',
    remedy: 'Remove the line, or let tsync write it at start only if the device is there.',
    condition: null,
  },
  {
    id: 'phc/in-sources-file',
    severity: 'medium',
    sentence: 'No refclock stands in a *.sources file, where chronyd ignores it.',
    broken: 'A refclock stands in a *.sources file, where chronyd ignores it.',
    brokenAt: '{where} is a refclock in a *.sources file, where chronyd ignores it.',
    applies: 'Where chronyd reads *.sources files.',
    source: 'chrony.conf(5): sourcedir reads server, pool and peer only',
    remedy: 'Move the line to chrony.conf or a confdir.',
    condition: null,
  },
  {
    id: 'phc/offset',
    severity: 'high',
    sentence: 'chronyd reads the clock of the Hyper-V host as UTC.',
    broken: 'chronyd adds an offset to the clock of the Hyper-V host, which is UTC already.',
    brokenAt: '{where} adds an offset to the clock of the Hyper-V host, which is UTC already.',
    applies: 'Where chronyd has a refclock on it.',
    source: `${AZURE}: offset 0; the clock is UTC, and tai or another offset shifts it`,
    remedy: 'Remove tai and any other offset than 0.',
    condition: (seen) => {
      const ofHost = seen.refclocks.filter(isOfHyperv);
      if (ofHost.length === 0) return noLine(seen);
      return listed(
        ofHost.filter(({ options }) => options.includes('tai') || offsetOf(options) !== 0),
        'offset 0',
      );
    },
  },
  {
    id: 'phc/start-order',
    severity: 'info',
    sentence: 'chronyd waits at boot for the PTP clock that it cannot start without.',
    broken: 'chronyd does not wait at boot for the PTP clock that it cannot start without.',
    brokenAt: '{where} names a PTP clock that chronyd needs to start, and chronyd does not wait for it at boot.',
    applies: 'On all systems but Debian and Ubuntu, where a line of the configuration itself names /dev/ptp_hyperv.',
    source:
      'Azure/WALinuxAgent#3038, microsoft/azurelinux#6233: the name is not there yet when chronyd starts, and it ends',
    remedy: 'Let tsync add the clock, or add a drop-in with Wants= and After=dev-ptp_hyperv.device.',
    condition: judgeStartOrder,
  },
  {
    id: 'phc/stratum',
    severity: 'info',
    sentence: 'chronyd does not take the clock of the host for a primary reference.',
    broken: 'chronyd takes the clock of the host for a primary reference.',
    brokenAt: '{where} makes chronyd take the clock of the host for a primary reference.',
    applies: 'Where chronyd 3.3 or later has a refclock on it.',
    source: `${AZURE}: stratum 2, because the host follows servers of stratum 1 (Azure/AgentBaker#5991)`,
    remedy: 'Add "stratum 2" to the refclock.',
    condition: (seen) => {
      const { refclocks, version } = seen;
      const ofHost = refclocks.filter(isOfHyperv);
      if (ofHost.length === 0) return noLine(seen);
      if (version === null || !isAtLeast(version, SINCE.refclockStratum)) return null;
      return listed(
        ofHost.filter(({ options }) => !options.includes('stratum') && !options.includes('noselect')),
        'stratum 2',
      );
    },
  },
  {
    id: 'phc/trust',
    severity: 'info',
    sentence: 'NTP servers can outvote the clock of the host when it is wrong.',
    broken: 'NTP servers cannot outvote the clock of the host when it is wrong.',
    brokenAt: '{where} trusts the clock of the host: NTP servers cannot outvote it when it is wrong.',
    applies: 'Where chronyd has a PHC refclock and NTP servers.',
    source: 'chrony.conf(5): trust; a trusted source is never a falseticker unless another trusted one disagrees',
    remedy: 'Use "prefer" without "trust" where NTP servers can check the clock.',
    condition: (seen) => {
      const { refclocks, servers } = seen;
      if (refclocks.length === 0 || servers.length === 0) return noLine(seen);
      return listed(
        refclocks.filter(({ options }) => options.includes('trust')),
        'prefer without trust',
      );
    },
  },
  {
    id: 'phc/udev-tag',
    severity: 'medium',
    sentence: 'systemd knows the PTP clock that chronyd waits for.',
    broken: 'systemd does not know the PTP clock that chronyd waits for at boot.',
    applies: 'Where the unit of chronyd waits for dev-ptp_hyperv.device.',
    source:
      'systemd/systemd#28973: without TAG+="systemd" there is no device unit, and the start waits for its timeout',
    remedy: 'Add the tag to the udev rule (systemd has it since 255).',
    condition: (seen) => {
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
  },
  {
    id: 'phc/undisciplined',
    severity: 'critical',
    sentence: 'chronyd does not follow the clock of a network card that nothing disciplines.',
    broken: 'chronyd follows the clock of a network card that nothing disciplines.',
    brokenAt: '{where} makes chronyd follow the clock of a network card that nothing disciplines ({text}).',
    applies: 'Where chronyd has a PHC refclock whose device is known.',
    source: 'Azure/AKS#3710: /dev/ptp0 was the Mellanox card; its clock counts from its own start, or from nowhere',
    remedy: 'Name the clock of the host: /dev/ptp_hyperv, /dev/ptp_kvm, /dev/ptp_ena.',
    condition: (seen) => {
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
  },
  {
    id: 'phc/unwanted',
    severity: 'medium',
    sentence: "chronyd does not have the PTP clock of the VM's host as a source.",
    broken: "chronyd has the PTP clock of the VM's host as a source, and the strategy does not want it.",
    applies: 'Where the strategy wants no PTP clock.',
    source: 'the strategy of the playbook',
    remedy: 'Remove the refclock.',
    condition: null,
  },
] as const satisfies readonly Rule[];

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
