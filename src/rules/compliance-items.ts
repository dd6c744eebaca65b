import type { KnownRuleId } from './rules.js';

/** One demand of a regime and the rules that show whether a host meets it. */
export interface ComplianceItem {
  /** `CIS RHEL 9` */
  readonly regime: string;
  /** As the regime numbers it: `2.3.2`. */
  readonly item: string;
  readonly demand: string;
  /** All of these must hold; empty: tsync cannot judge it, and the note says why. */
  readonly rules: readonly KnownRuleId[];
  /** `some`: the rules show only a part of the demand, so that they can show that it is not met, and never that it is. */
  readonly shows: 'all' | 'some';
  /** Largest offset that the regime allows, in seconds; the limit of the settings must not be wider. Null: no number. */
  readonly limitSeconds: number | null;
  /** What the rules do not show, and where regimes and this tool's advice differ; '' for nothing. */
  readonly note: string;
}

const HOST_ONLY =
  'A host that follows the clock of its Hyper-V host alone has no server line and does not meet the text, however exact it is: add a server with maxpoll 16, or document the deviation.';
const LIMIT = 'Judged by limits.offset (1 s unless it is set), which must not be wider than the limit of the regime.';
const NO_USER = 'The user of the process is not read.';

const STOPPED = 'tsync stops and masks it, which is not enough for the text: it wants the package removed.';

const IN_USE = ['daemon/running', 'clock/synchronised'] as const;
const STIG_SERVER = ['compliance/ntp-server', 'compliance/poll'] as const;

/** Which rules show which items; sources and limits as of November 2026 (docs/reference/compliance.md). */
export const COMPLIANCE: readonly ComplianceItem[] = [
  item('CIS RHEL 8, 9, 10', '2.3.1', 'time synchronisation is in use', IN_USE),
  item('CIS RHEL 8, 9, 10', '2.3.2', 'chrony is configured with a remote server', ['compliance/ntp-server'], HOST_ONLY),
  item('CIS RHEL 8, 9, 10', '2.3.3', 'chronyd does not run as root', [], NO_USER),
  item('CIS Ubuntu 22.04, 24.04, Debian 12, 13', '2.3.1.1', 'a single time daemon is in use', ['daemon/single']),
  item(
    'CIS Ubuntu 22.04, 24.04, Debian 12, 13',
    '2.3.3.1',
    'chrony is configured with an authorised time server',
    ['compliance/ntp-server', 'sources/foreign-servers'],
    `Authorised is what the playbook names under ntp_servers. ${HOST_ONLY}`,
  ),
  item('CIS Ubuntu 22.04, 24.04, Debian 12, 13', '2.3.3.2', 'chrony runs as the user _chrony', [], NO_USER),
  item('CIS Ubuntu 22.04, 24.04, Debian 12, 13', '2.3.3.3', 'chrony is enabled and running', ['daemon/running']),
  item('CIS Amazon Linux 2023', '2.1.1', 'time synchronisation is in use', IN_USE),
  item('CIS Amazon Linux 2023', '2.1.2', 'chrony is configured', ['compliance/ntp-server'], HOST_ONLY),
  item('CIS SLES 12, 15', '2.2.1.1', 'time synchronisation is in use', ['clock/synchronised']),
  item('CIS SLES 12, 15', '2.2.1.3', 'chrony is configured', ['compliance/ntp-server'], HOST_ONLY),
  item('DISA STIG RHEL 8', 'RHEL-08-030740', 'an authoritative server, maxpoll 16 at most', STIG_SERVER, HOST_ONLY),
  item('DISA STIG RHEL 8', 'RHEL-08-030741', 'chronyd serves nobody (port 0)', ['compliance/port']),
  item('DISA STIG RHEL 8', 'RHEL-08-030742', 'chronyd takes no commands from the network (cmdport 0)', [
    'compliance/command-port',
  ]),
  item('DISA STIG RHEL 9', 'RHEL-09-252010', 'chrony is installed', ['compliance/chrony-package']),
  item('DISA STIG RHEL 9', 'RHEL-09-252015', 'chronyd is enabled', ['daemon/running']),
  item('DISA STIG RHEL 9', 'RHEL-09-252020', 'the clock is compared at least every 24 hours', STIG_SERVER, HOST_ONLY),
  item('DISA STIG RHEL 9', 'RHEL-09-252025', 'chronyd serves nobody (port 0)', ['compliance/port']),
  item('DISA STIG RHEL 9', 'RHEL-09-252030', 'chronyd takes no commands from the network (cmdport 0)', [
    'compliance/command-port',
  ]),
  item('DISA STIG RHEL 10', 'RHEL-10-200540', 'chrony is installed', ['compliance/chrony-package']),
  item('DISA STIG RHEL 10', 'RHEL-10-200542', 'chronyd serves nobody (port 0)', ['compliance/port']),
  item('DISA STIG RHEL 10', 'RHEL-10-200543', 'chronyd takes no commands from the network (cmdport 0)', [
    'compliance/command-port',
  ]),
  item('DISA STIG RHEL 10', 'RHEL-10-800040', 'the clock is compared at least every 24 hours', STIG_SERVER, HOST_ONLY),
  item('DISA STIG Ubuntu 22.04', 'UBTU-22-215015', 'chrony is installed', ['compliance/chrony-package']),
  item(
    'DISA STIG Ubuntu 22.04',
    'UBTU-22-215020',
    'systemd-timesyncd is not installed',
    ['compliance/timesyncd-package'],
    STOPPED,
  ),
  item('DISA STIG Ubuntu 22.04', 'UBTU-22-215025', 'ntp is not installed', ['compliance/ntp-package']),
  item(
    'DISA STIG Ubuntu 22.04',
    'UBTU-22-252010',
    'the clock is compared at least every 24 hours',
    STIG_SERVER,
    HOST_ONLY,
  ),
  item('DISA STIG Ubuntu 22.04', 'UBTU-22-252015', 'the clock is stepped when it is off by more than a second', [
    'compliance/makestep',
  ]),
  item(
    'DISA STIG Ubuntu 24.04',
    'UBTU-24-100010',
    'systemd-timesyncd is not installed',
    ['compliance/timesyncd-package'],
    STOPPED,
  ),
  item(
    'DISA STIG Ubuntu 24.04',
    'UBTU-24-100020',
    'ntp is not installed',
    ['compliance/ntp-package'],
    'On this release ntp is an empty package that leads to ntpsec; the package ntpsec itself is not what the text names.',
  ),
  item('DISA STIG Ubuntu 24.04', 'UBTU-24-100700', 'chrony is installed', ['compliance/chrony-package']),
  item(
    'DISA STIG Ubuntu 24.04',
    'UBTU-24-600160',
    'the clock is compared at least every 24 hours',
    STIG_SERVER,
    HOST_ONLY,
  ),
  item('DISA STIG Ubuntu 24.04', 'UBTU-24-600180', 'the clock is stepped when it is off by more than a second', [
    'compliance/makestep',
  ]),
  item(
    'DISA STIG Oracle Linux 8',
    'OL08-00-030740',
    'an authoritative server, maxpoll 16 at most',
    STIG_SERVER,
    HOST_ONLY,
  ),
  item(
    'DISA STIG Oracle Linux 9',
    'OL09-00-002323',
    'the clock is compared at least every 24 hours',
    STIG_SERVER,
    HOST_ONLY,
  ),
  item('DISA STIG SLES 12', 'SLES-12-030300', 'the clock is compared at least every 24 hours', STIG_SERVER, HOST_ONLY),
  item('DISA STIG SLES 15', 'SLES-15-010400', 'the clock is compared at least every 24 hours', STIG_SERVER, HOST_ONLY),
  item(
    'DISA STIG SLE Micro 5',
    'SLEM-05-252010',
    'the clock is compared at least every 24 hours',
    STIG_SERVER,
    HOST_ONLY,
  ),
  item(
    'NIST 800-53',
    'AU-8',
    'time stamps come from clocks within the chosen granularity of UTC',
    ['clock/offset'],
    'The granularity is limits.offset (1 s unless it is set).',
  ),
  item(
    'NIST 800-53',
    'AU-8(1)',
    'clocks are compared with an authoritative source and corrected',
    ['clock/synchronised', 'compliance/ntp-server'],
    HOST_ONLY,
  ),
  item(
    'NIST 800-53',
    'AU-12(1)',
    'audit records of several systems can be put into one order of time',
    ['clock/offset', 'clock/synchronised'],
    'The tolerance between two hosts is twice limits.offset; how the records are gathered is not judged.',
    { shows: 'some' },
  ),
  item('PCI DSS 4.0', '10.6.1', 'time synchronisation is in use', [...IN_USE, 'daemon/single']),
  item(
    'PCI DSS 4.0',
    '10.6.2',
    'hosts get time from designated servers only',
    ['sources/foreign-servers', 'sources/dhcp'],
    'Designated is what the playbook names under ntp_servers. The standard has no numeric limit.',
  ),
  item(
    'PCI DSS 4.0',
    '10.6.3',
    'time settings are protected, and changes logged',
    [],
    'tsync logs its own changes on the host and in its store; who else may change the files is not judged.',
  ),
  item(
    'FINRA 6820 and 4590',
    '50 ms',
    'business clocks are within 50 ms of NIST (1 s for manual orders only)',
    ['clock/offset'],
    `${LIMIT} Keep the audits as the log that the rule wants; the offset is against this machine's clock.`,
    { limitSeconds: 0.05 },
  ),
  item(
    'EU 2017/574 (MiFID II RTS 25)',
    'Table 2, 1 ms',
    'members: 1 ms from UTC, 1 s for voice and negotiated trades',
    ['clock/offset'],
    `${LIMIT} A measurement over SSH is seldom known better than a millisecond, and then says unknown. Traceability (article 4) is not judged.`,
    { limitSeconds: 0.001 },
  ),
  item(
    'EU 2017/574 (MiFID II RTS 25)',
    'Table 1 and 2, 100 µs',
    'venues with gateway latency up to 1 ms, and high-frequency traders: 100 µs',
    [],
    'A measurement over SSH cannot show 100 µs.',
  ),
];

function item(
  regime: string,
  name: string,
  demand: string,
  rules: readonly KnownRuleId[],
  note = '',
  { shows = 'all', limitSeconds = null }: Partial<Pick<ComplianceItem, 'shows' | 'limitSeconds'>> = {},
): ComplianceItem {
  return { regime, item: name, demand, rules, note, shows, limitSeconds };
}

/** Items that a rule serves, as `REGIME ITEM`. */
export function itemsOf(rule: string): readonly string[] {
  return COMPLIANCE.filter(({ rules }) => (rules as readonly string[]).includes(rule)).map(
    (one) => `${one.regime} ${one.item}`,
  );
}

/** What is known of one rule on a host. `waived`: not so, and accepted with a reason. */
export type RuleStanding = 'holds' | 'broken' | 'waived' | 'unknown';

/**
 * Whether a host meets an item: not met when one rule is broken; not judged when one is not known or nothing was said of it,
 * when the rules show a part only, or when the limit of the settings (`offsetSeconds`) is wider than that of the regime.
 */
export function judgeItem(
  { rules, shows, limitSeconds }: ComplianceItem,
  standing: (rule: KnownRuleId) => RuleStanding | null,
  offsetSeconds: number,
): 'met' | 'not met' | 'waived' | 'not judged' {
  const standings = rules.map(standing);
  const isWide = limitSeconds !== null && offsetSeconds > limitSeconds;
  if (standings.includes('broken')) return 'not met';
  if (standings.length === 0 || standings.includes(null) || standings.includes('unknown')) return 'not judged';
  if (shows === 'some' || isWide) return 'not judged';
  return standings.includes('waived') ? 'waived' : 'met';
}

/** The part of the table that speaks of this distribution, and what speaks of all. */
export function itemsFor(os: { readonly id: string; readonly versionId: string } | null): readonly ComplianceItem[] {
  return COMPLIANCE.filter(({ regime }) => {
    const names = DISTRIBUTIONS.filter(([pattern]) => pattern.test(regime));
    if (names.length === 0) return true;
    if (os === null) return false;
    const major = os.versionId.split('.')[0] ?? '';
    return names.some(([pattern, ids]) => ids.includes(os.id) && speaksOf(pattern, regime, os.versionId, major));
  });
}

const DISTRIBUTIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/RHEL ([0-9., ]+)/, ['rhel', 'centos', 'almalinux', 'rocky']],
  [/Oracle Linux ([0-9., ]+)/, ['ol']],
  [/Ubuntu ([0-9., ]+)/, ['ubuntu']],
  [/Debian ([0-9., ]+)/, ['debian']],
  [/SLES ([0-9., ]+)/, ['sles', 'sled', 'sles_sap']],
  [/SLE Micro ([0-9., ]+)/, ['sle-micro', 'sl-micro']],
  [/Amazon Linux ([0-9., ]+)/, ['amzn']],
];

function speaksOf(pattern: RegExp, regime: string, versionId: string, major: string): boolean {
  const versions = pattern.exec(regime)?.[1]?.split(/[, ]+/) ?? [];
  return versions.includes(versionId) || versions.includes(major);
}
