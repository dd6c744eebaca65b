import { COMPLIANCE, itemsOf } from '#rules/compliance-items.js';
import type { Rule } from '#rules/rule.js';
import { isOfCompliance, RULES } from '#rules/rules.js';

/** docs/reference/rules.md as it must be for the rules as they are. */
export function rulesPage(): string {
  return `${RULES_HEAD}
## Rules that lead to changes, or that a check judges

${table(RULES.filter(({ condition }) => condition === null))}
## Rules that are observed

${table(RULES.filter(({ id, condition }) => condition !== null && !isOfCompliance(id)))}
## Rules of compliance alone

They are judged by \`tsync explain\`, and are never a finding: a host is not wrong because a regime wants more of it.

${table(RULES.filter(({ id }) => isOfCompliance(id)))}`;
}

const RULES_HEAD = `# Rules

Made from the code by \`test/rules/rule-pages.test.ts\`, which fails when this page is not as the code is. \`tsync rules\` prints the same, and
\`tsync rules --json\` as data. ${RULES.length} rules.

A rule says what should be so, where it is looked at, why it is true (its source), and what helps. A finding is a rule compared with a host. It says
that the rule holds, or what is wrong, and names the file and line, the program or the value where it can.

- **A rule that does not apply says nothing**: no finding, not even one that is in sync.
- Rules that are observed (the second table) speak only when they are violated, so that a host in sync costs nothing. \`tsync explain
  INVENTORY HOST\` names those that hold, and those that could not be told with the reason: what was not read is never taken for fine.
- \`info\` is a remark: it neither takes a host out of sync nor makes an audit fail, unless \`--fail-on info\` is given.
- A waiver (\`waivers\` in the playbook: rule, reason, last day) accepts any of them.
- They are judged on every host that can be probed, also where tsync sets nothing.

## Healthy values

Where a setting exists it is the limit; the rest are constants.

| value | limit | from | rule |
| --- | --- | --- | --- |
| offset by our own measurement | \`limits.offset\`, 1 s | the playbook | \`clock/offset\` |
| offset by the daemon | \`limits.daemon_offset\`, 50 ms | the playbook | \`clock/daemon-offset\` |
| root delay / 2 + root dispersion | 100 ms | chronyc(1); beyond 3 s chronyd refuses a source | \`clock/root-distance\` |
| skew | 100 ppm | maxupdateskew of Debian | \`clock/skew\` |
| frequency | 200 ppm | the kernel corrects 500 at most | \`clock/frequency\` |
| stratum | 9 | RFC 5905; 10 and more are "local" and orphaned servers | \`clock/stratum\` |
| age of the last sample of the selected source | 4 polling intervals, at least 60 s | chronyc(1) | \`sources/stale\` |
| PTP clock against NTP | 5 ms, or their errors where these are larger | Azure/AgentBaker#6799 | \`phc/compared\` |

`;

function table(rules: readonly Rule[]): string {
  const rows = rules.map(
    ({ id, severity, sentence, broken, applies, source, remedy }) =>
      `| \`${id}\` | ${severity} | ${cell(sentence)} | ${cell(broken)} | ${cell(applies)} | ${cell(source)} | ${cell(remedy)} |\n`,
  );
  return `| rule | severity | said when it holds | said when it does not | looked at | source | what helps |\n| --- | --- | --- | --- | --- | --- | --- |\n${rows.join('')}`;
}

/** docs/reference/compliance.md, likewise. */
export function compliancePage(): string {
  const rows = COMPLIANCE.map(
    ({ regime, item, demand, rules, note }) =>
      `| ${regime} | ${item} | ${cell(demand)} | ${rules.map((rule) => `\`${rule}\``).join(', ') || 'none'} | ${cell(note)} |\n`,
  );
  const served = RULES.filter(({ id }) => itemsOf(id).length > 0).length;
  return `# Compliance

Made from the code by \`test/rules/rule-pages.test.ts\`, which fails when this page is not as the code is. ${COMPLIANCE.length} items, shown by ${served}
rules. The items and limits are those of November 2026: CIS RHEL 8 4.0.0, RHEL 9 2.0.0, Ubuntu 24.04 1.0.0; DISA STIG RHEL 8 V2R8, RHEL 9
V2R9, RHEL 10 V1R2, Ubuntu 24.04 V1R5; NIST 800-53; PCI DSS 4.0; FINRA 6820 and 4590; EU 2017/574.

\`tsync explain INVENTORY HOST\` shows the items that speak of a host, each as

- **met**: every rule of the item was looked at and holds;
- **not met**: a rule is violated, or tsync would change something for it;
- **waived**: it is violated, and a waiver of the playbook accepts that with its reason;
- **not judged**: a rule could not be told or was not looked at, its limit is wider than that of the regime, or tsync cannot see it at
  all. This is not "met".

\`tsync rules --json\` gives the table as data, and with each rule the items it shows.

## Where regimes and good time differ

- **The time of the Hyper-V host alone has no server line.** With \`ptp-only\` and \`host-only\` a host can be exact to microseconds and still does not
  meet the STIG's and CIS's text about an authoritative server. Document it as a deviation, or name one server with \`maxpoll: 16\`.
- \`pool\` does not meet RHEL-08-030740, which wants \`server\`.
- \`cmdport 0\` leaves chronyc to root: an audit then needs \`become\`.
- \`makestep 1 -1\` is right for a VM that may be paused, and what the STIG for Ubuntu wants; a database that cannot take steps needs
  \`makestep: {threshold: 1s, limit: 3}\` and a waiver.
- **Limits are settings.** Set \`limits: {offset: 50ms}\` for FINRA, \`{offset: 1ms}\` for RTS 25. Our measurement comes with its bound; where the bound is
  wider than the limit the finding is unknown, not in sync.

## The items

| regime | item | demand | rules | note |
| --- | --- | --- | --- | --- |
${rows.join('')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
