import { type Answer, amount, breach, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { isSettled, ntpSources, refclockSources, type Seen, sourceSeen } from './seen.js';

/** Azure/AgentBaker: above this the clock of the host is suspected. */
const DIFFERENCE_SECONDS = 0.005;

/** What chronyd gets from PTP clocks; phc-refclock.ts has the lines of its configuration. */
export const PHC_RULES = [
  {
    id: 'aws/ena-phc',
    severity: 'high',
    sentence: 'The clock of the ENA network card is switched on where chronyd uses it.',
    broken: 'chronyd is configured to use the clock of the ENA network card, which is switched off.',
    brokenAt: '{where} uses the clock of the ENA network card, which is switched off.',
    applies: 'Where chronyd has a refclock on /dev/ptp_ena.',
    source: 'AWS user guide, configure-ec2-ntp; amzn/amzn-drivers#304: phc_enable is off unless it is set',
    remedy: 'Set phc_enable=1 for the module ena (2.10.0 and later), on an instance type that has the clock.',
    condition: (seen) => {
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
  },
  {
    id: 'phc/agrees',
    severity: 'high',
    sentence: 'The other sources do not contradict the PTP clock.',
    broken: 'The other sources contradict the PTP clock.',
    applies: 'Where chronyd has a refclock among its sources.',
    source: 'chronyc(1): sources, state x: its interval does not meet that of the majority',
    remedy:
      'Trust the majority. Compare the clock of the host with servers of your own, and tell whoever runs the host.',
    condition: (seen) => {
      const refclocks = refclockSources(seen);
      if (refclocks === null || refclocks.length === 0) return null;
      const wrong = refclocks.filter(({ state }) => state === 'x');
      return wrong.length === 0 ? 'holds' : breach(`${wrong[0]?.name}: state x`, 'agreement', wrong.map(sourceSeen));
    },
  },
  {
    id: 'phc/compared',
    severity: 'low',
    sentence: 'The PTP clock and the NTP servers agree within 5 ms.',
    broken: 'The PTP clock and the NTP servers disagree by more than 5 ms.',
    applies: 'Where chronyd has answers from both.',
    source: 'Azure/AgentBaker#6799: hosts of the D, E and F series v2 and v3 can have a less accurate clock than NTP',
    remedy: 'Prefer NTP on this host (prefer: ntp), and find out which of the two is wrong.',
    condition: compareWithNtp,
  },
  {
    id: 'phc/sandbox',
    severity: 'critical',
    sentence: 'The sandbox of chronyd lets it read the PTP clock.',
    broken: 'The sandbox of chronyd does not let it read the PTP clock.',
    brokenAt: 'The sandbox of chronyd ({found}) does not let it read the PTP clock.',
    applies: 'On Alpine where chronyd has a PHC refclock.',
    source: 'e2b-dev/infra#3453: with -F 1 the kernel kills chronyd (SIGSYS, Bad system call) when it reads the clock',
    remedy: 'Start chronyd without -F.',
    condition: (seen) => {
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
  },
  {
    id: 'phc/selected',
    severity: 'high',
    sentence: "chronyd follows the PTP clock of the VM's host.",
    broken: "chronyd does not follow the PTP clock of the VM's host.",
    applies: 'Where the strategy prefers the PTP clock to every other source.',
    source: 'chronyc(1): sources, state *',
    remedy: 'Run chronyc selectdata: it says why the clock is not selected.',
    awaited: 'source',
    condition: null,
  },
  {
    id: 'phc/stale',
    severity: 'high',
    sentence: 'chronyd gets samples from the PTP clock.',
    broken: 'chronyd gets no samples from the PTP clock.',
    applies: 'Where chronyd has a refclock among its sources, two minutes after the boot.',
    source:
      'kernel: drivers/hv/hv_util.c: the driver refuses a sample of the host that is older than 600 s, so the device stays and reach falls to 0',
    remedy: 'Check that TimeSync is still on in the settings of the VM, and tell whoever runs the host.',
    condition: (seen) => {
      const refclocks = refclockSources(seen);
      if (refclocks === null || refclocks.length === 0 || !isSettled(seen)) return null;
      const dead = refclocks.filter(({ reach }) => reach === 0);
      return dead.length === 0 ? 'holds' : breach(`${dead[0]?.name}: reach 0`, 'samples', dead.map(sourceSeen));
    },
  },
  {
    id: 'phc/symlink',
    severity: 'medium',
    sentence: "The PTP clock of the VM's host has a stable name, such as /dev/ptp_hyperv.",
    broken: "The PTP clock of the VM's host has no stable name, such as /dev/ptp_hyperv.",
    applies: 'Where the strategy asks for the PTP clock and udev gives it no name.',
    source: 'systemd: rules.d/50-udev-default.rules (not on RHEL 7, Ubuntu 18.04, Debian before 12)',
    remedy: 'Add the udev rule.',
    condition: null,
  },
  {
    id: 'phc/watched',
    severity: 'medium',
    sentence: "chronyd reads the PTP clock of the VM's host, to compare it.",
    broken: "chronyd gets no samples from the PTP clock of the VM's host.",
    applies: 'With the strategy monitor.',
    source: 'chrony.conf(5): noselect; chronyc(1): sources, Reach',
    remedy: 'Read the journal of chronyd: it cannot read the device, or the driver refuses the samples as stale.',
    awaited: 'watched-clock',
    condition: null,
  },
] as const satisfies readonly Rule[];

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
