import type { Rule } from './rule.js';

/** What only a regime of compliance asks for (compliance-items.ts); sorted by id. */
export const COMPLIANCE_RULES = [
  {
    id: 'compliance/chrony-package',
    severity: 'info',
    sentence: 'The package chrony is installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: RHEL-09-252010, RHEL-10-200540, UBTU-22-215015, UBTU-24-100700',
    remedy: 'Install chrony.',
  },
  {
    id: 'compliance/command-port',
    severity: 'info',
    sentence: 'chronyd takes no commands over the network.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: RHEL-08-030742, RHEL-09-252030, RHEL-10-200543; chrony.conf(5): cmdport',
    remedy: 'Set "cmdport 0"; chronyc then works as root only, through its socket.',
  },
  {
    id: 'compliance/makestep',
    severity: 'info',
    sentence: 'chronyd steps the clock when it is off by more than a second.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: UBTU-22-252015, UBTU-24-600180; chrony.conf(5): makestep',
    remedy: 'Set "makestep 1 -1".',
  },
  {
    id: 'compliance/ntp-server',
    severity: 'info',
    sentence: 'chronyd is configured with an NTP server.',
    applies: 'Where chronyd is configured.',
    source:
      'DISA STIG and CIS want an authoritative time server; the time of the Hyper-V host alone (no server line) does not meet their text',
    remedy: 'Add one server with maxpoll 16 beside the PTP clock, or document the deviation.',
  },
  {
    id: 'compliance/ntp-package',
    severity: 'info',
    sentence: 'The package ntp is not installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: UBTU-22-215025, UBTU-24-100020',
    remedy: 'Remove the package ntp.',
  },
  {
    id: 'compliance/poll',
    severity: 'info',
    sentence: 'Every NTP server is asked at least every 24 hours, and is named by a server line.',
    applies: 'Where chronyd is configured with NTP servers.',
    source: 'DISA STIG: RHEL-08-030740 (server, maxpoll at most 16), RHEL-09-252020, UBTU-22-252010',
    remedy: 'Write server instead of pool, with "maxpoll 16" or less.',
  },
  {
    id: 'compliance/port',
    severity: 'info',
    sentence: 'chronyd serves no time to others.',
    applies: 'Where chronyd is configured.',
    source: 'DISA STIG: RHEL-08-030741, RHEL-09-252025, RHEL-10-200542; chrony.conf(5): port',
    remedy: 'Set "port 0" on a host that is no time server.',
  },
  {
    id: 'compliance/timesyncd-package',
    severity: 'info',
    sentence: 'The package systemd-timesyncd is not installed.',
    applies: 'Where the packages could be read.',
    source: 'DISA STIG: UBTU-22-215020, UBTU-24-100010',
    remedy: 'Remove the package systemd-timesyncd; that it is stopped and masked is not enough for the text.',
  },
] as const satisfies readonly Rule[];
