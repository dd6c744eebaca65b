import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { type Answer, breach, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { optionsOf, type Seen } from './seen.js';

/** 2^16 s is 18 hours: the largest polling interval that asks at least every 24 hours. */
const MAX_POLL = 16;

/** What only a regime of compliance asks for (compliance-items.ts). */
export const COMPLIANCE_RULES = [
  {
    id: 'compliance/chrony-package',
    severity: 'info',
    sentence: 'The package chrony is installed.',
    broken: 'The package chrony is not installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: RHEL-09-252010, RHEL-10-200540, UBTU-22-215015, UBTU-24-100700',
    remedy: 'Install chrony.',
    condition: (seen) => packageIs(seen, 'chrony', 'installed'),
  },
  {
    id: 'compliance/command-port',
    severity: 'info',
    sentence: 'chronyd does not accept commands over the network.',
    broken: 'chronyd accepts commands over the network.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: RHEL-08-030742, RHEL-09-252030, RHEL-10-200543; chrony.conf(5): cmdport',
    remedy: 'Set "cmdport 0"; chronyc then works as root only, through its socket.',
    condition: (seen) => mustBeZero(seen, 'cmdport'),
  },
  {
    id: 'compliance/makestep',
    severity: 'info',
    sentence: 'chronyd steps the clock whenever it is off by more than a second.',
    broken: 'chronyd does not step the clock whenever it is off by more than a second.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: UBTU-22-252015, UBTU-24-600180; chrony.conf(5): makestep',
    remedy: 'Set "makestep 1 -1".',
    condition: (seen) => {
      if (!seen.isConfigKnown) return noLine(seen);
      const last = linesWith(seen, 'makestep').at(-1);
      const [threshold, limit] = (last?.line.args ?? []).map(Number);
      if (last !== undefined && (threshold ?? 0) <= 1 && limit === -1) return 'holds';
      return breach(
        last?.line.text.trim() ?? 'no makestep line',
        'makestep 1 -1',
        last === undefined ? [] : [lineEvidence(last)],
      );
    },
  },
  {
    id: 'compliance/ntp-package',
    severity: 'info',
    sentence: 'The package ntp is not installed.',
    broken: 'The package ntp is installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: UBTU-22-215025, UBTU-24-100020',
    remedy: 'Remove the package ntp.',
    condition: (seen) => packageIs(seen, 'ntp', 'not installed'),
  },
  {
    id: 'compliance/ntp-server',
    severity: 'info',
    sentence: 'chronyd is configured with an NTP server.',
    broken: 'chronyd is configured without an NTP server.',
    applies: 'Where chronyd is configured.',
    source:
      'DISA STIG and CIS require an authoritative time server; the time of the Hyper-V host alone (no server line) does not meet their text',
    remedy: 'Add one server with maxpoll 16 beside the PTP clock, or document the deviation.',
    condition: (seen) => {
      if (!seen.isConfigKnown) return noLine(seen);
      const { servers } = seen;
      if (servers.some((one) => !optionsOf(one).includes('noselect'))) return 'holds';
      return breach('no server line', 'a server', servers.map(lineEvidence));
    },
  },
  {
    id: 'compliance/poll',
    severity: 'info',
    sentence: 'A server line names every NTP server, and chronyd polls it at least every 24 hours.',
    broken: 'chronyd polls an NTP server less often than every 24 hours, or no server line names it.',
    brokenAt: '{where} names a server with another directive than server, or polls it less often than every 24 hours.',
    applies: 'Where chronyd is configured with NTP servers.',
    source: 'DISA STIG: RHEL-08-030740 (server, maxpoll at most 16), RHEL-09-252020, UBTU-22-252010',
    remedy: 'Write server instead of pool, with "maxpoll 16" or less.',
    condition: (seen) => {
      const { servers } = seen;
      if (servers.length === 0) return noLine(seen);
      const wrong = servers.filter((one) => one.line.directive !== 'server' || maxPollOf(one) > MAX_POLL);
      const first = wrong[0];
      return first === undefined
        ? 'holds'
        : breach(first.line.text.trim(), 'server with maxpoll 16 or less', wrong.map(lineEvidence));
    },
  },
  {
    id: 'compliance/port',
    severity: 'info',
    sentence: 'chronyd does not serve time to others.',
    broken: 'chronyd may serve time to others.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: RHEL-08-030741, RHEL-09-252025, RHEL-10-200542; chrony.conf(5): port',
    remedy: 'Set "port 0" on a host that is not a time server.',
    condition: (seen) => mustBeZero(seen, 'port'),
  },
  {
    id: 'compliance/timesyncd-package',
    severity: 'info',
    sentence: 'The package systemd-timesyncd is not installed.',
    broken: 'The package systemd-timesyncd is installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: UBTU-22-215020, UBTU-24-100010',
    remedy: 'Remove the package systemd-timesyncd; to stop and mask it does not meet the text.',
    condition: (seen) => packageIs(seen, 'systemd-timesyncd', 'not installed'),
  },
] as const satisfies readonly Rule[];

function packageIs({ facts }: Seen, name: string, wanted: 'installed' | 'not installed'): Answer {
  if (facts.packages.value === null) return doubt(facts.packages.reason);
  const version = facts.packages.value[name];
  if ((version !== undefined) === (wanted === 'installed')) return 'holds';
  const seen = [evidence('packages', version === undefined ? `${name} is not installed` : `${name} ${version}`)];
  return breach(version === undefined ? 'not installed' : `${name} ${version}`, wanted, seen);
}

function mustBeZero(seen: Seen, directive: string): Answer {
  if (!seen.isConfigKnown) return noLine(seen);
  const last = linesWith(seen, directive).at(-1);
  if (last?.line.args[0] === '0') return 'holds';
  return breach(
    last?.line.text.trim() ?? `no ${directive} line`,
    `${directive} 0`,
    last === undefined ? [] : [lineEvidence(last)],
  );
}

/** 10 where the line says nothing: chrony.conf(5). */
function maxPollOf(one: PlacedLine): number {
  const options = optionsOf(one);
  const at = options.indexOf('maxpoll');
  return at < 0 ? 10 : Number(options[at + 1]);
}
