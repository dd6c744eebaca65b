import { catalog } from '#errors/catalog.js';
import type { HostPlan } from '#plan/plan.js';
import { summariseHost } from '#run/host-summary.js';
import { STRATEGIES } from '#settings/settings.js';
import { type MatrixRow, SERVERS } from './matrix.js';

/** What tsync does on a host for a strategy. */
export type Outcome = 'changes' | 'package first' | 'nothing to do' | `audit only: ${string}`;

/** With chrony installed beside the other daemon, which these rows have not. */
const OTHER_DAEMONS: Tried = {
  on: 'real host',
  shownBy: { 'test/lab/hosts.sh': 'ntpsec-chrony', 'test/lab/daemons.test.ts': "'timesyncd-chrony'" },
};
const OTHER_INITS = { 'test/lab/hosts.sh': 'sysvinit-core', 'test/lab/inits.test.ts': "['sysv', 'openrc']" } as const;

/** What was really changed by tests, by row. Everything else was decided on a fixture and never tried on a host. */
export const TRIED: { readonly [row: string]: Tried | undefined } = {
  'debian-12': {
    on: 'real host',
    shownBy: {
      'test/lab/hosts.sh': 'bookworm',
      'test/lab/lab.ts': 'strategy: ntp-only',
      'test/lab/main-line.test.ts': '',
    },
  },
  'debian-12-ntpsec': OTHER_DAEMONS,
  'debian-12-timesyncd': OTHER_DAEMONS,
  'debian-12-sysvinit': { on: 'real host', shownBy: OTHER_INITS },
  'debian-12-openrc': { on: 'real host', shownBy: OTHER_INITS },
  'debian-13': {
    on: 'emulated',
    shownBy: { 'test/lab/vm/vm.sh': 'trixie', 'test/lab/vm/vm.test.ts': "playbookOf('auto'" },
  },
};

interface Tried {
  readonly on: 'real host' | 'emulated';
  /** Files of the lab by path, each with the text by which it does what the page says of it. */
  readonly shownBy: { readonly [path: string]: string };
}

/** docs/reference/support-matrix.md as it must be for the policy and the fixture hosts as they are. */
export function supportMatrixPage(rows: readonly MatrixRow[]): string {
  return `${head(rows)}
| row | distribution | init | daemon | platform | ${STRATEGIES.map((name) => `\`${name}\``).join(' | ')} | tried on |
| ${Array.from({ length: STRATEGIES.length + 6 }, () => '---').join(' | ')} |
${rows.map(line).join('')}
## Why hosts are out of scope

${reasons(rows)}`;
}

/** Throws where a plan without changes does not say why: the page may not guess. */
export function outcomeOf(plan: HostPlan): Outcome {
  if (plan.changes.length > 0) return 'changes';
  if (plan.packages !== null) return 'package first';
  const code = refusalOf(plan);
  if (code !== null) return `audit only: ${code.replace(/^policy\//, '')}`;
  if (plan.findings.some(({ status, waived }) => status === 'drift' && waived === null)) {
    throw new Error(`${plan.host}, ${plan.strategy.asked}: drift, no change and no reason`);
  }
  return 'nothing to do';
}

/** The code of the problem for which nothing is changed; null when nothing stands against it. */
function refusalOf({ strategy, findings }: HostPlan): string | null {
  const scope = findings.find(({ rule }) => rule === (strategy.taken === 'none' ? 'host/supported' : null));
  const unread = findings.filter(({ rule }) => rule.endsWith('/readable'));
  for (const finding of [scope, ...unread]) if (finding?.status === 'unknown') return finding.problem.code;
  const possible = findings.find(({ rule }) => rule === 'strategy/possible');
  if (possible?.status === 'violation') return 'policy/strategy-impossible';
  const withheld = Object.entries(catalog).find(([, { summary }]) =>
    strategy.reason.includes(`Nothing is changed: ${summary}. `),
  );
  return withheld?.[0] ?? null;
}

function line({ host, facts, plans }: MatrixRow): string {
  const { os, daemon, platform } = summariseHost(facts);
  const golden = `[${host.row}](../../test/golden/matrix/${host.row}.txt)`;
  const cells = [golden, os, facts.init.value ?? 'unknown', daemon, platform, ...plans.map(outcomeOf), triedOn(host)];
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function triedOn({ row, origin }: MatrixRow['host']): string {
  return TRIED[row]?.on ?? `fixture ${origin}`;
}

/** The reason in full of every row that tsync cannot set at all. */
function reasons(rows: readonly MatrixRow[]): string {
  const sentences = rows.flatMap(({ host, plans: [first] }) =>
    first?.strategy.taken === 'none' ? [`- \`${host.row}\`: ${first.strategy.reason}\n`] : [],
  );
  return sentences.join('');
}

function head(rows: readonly MatrixRow[]): string {
  const plans = rows.flatMap((row) => row.plans);
  const count = (wanted: string) => plans.filter((plan) => outcomeOf(plan).startsWith(wanted)).length;
  const settable = rows.filter((row) => row.plans.some((plan) => plan.changes.length > 0)).length;
  return `# Support matrix

Made from the code by \`test/policy/matrix.test.ts\`, which fails when this page is not as the code is. ${rows.length} hosts by ${STRATEGIES.length} strategies,
${plans.length} in all: \`changes\` in ${count('changes')} of them (on ${settable} hosts), \`nothing to do\` in ${count('nothing')}, \`audit only\` in ${count('audit only')}, \`package first\` in ${count('package first')}. [Strategies](../user/strategies.md) says what each strategy means.

- **row**: one host of \`test/fixtures/hosts.ts\`, with a link to its golden file: every finding that is not in sync, the diff and the
  actions of each strategy.
- **distribution, init, daemon, platform**: what tsync reads from that host. \`daemon\` names those that run, \`platform\` the cloud, or the kind of
  virtual machine.
- **the strategies**: a playbook asks for this strategy, names the NTP servers ${SERVERS.join(', ')} and nothing else. \`package first\`: chrony must be installed
  first ([packages](../user/packages.md)). \`changes\`: tsync
  would set what differs. \`nothing to do\`: the host is as the strategy wants it. \`audit only\`: it is measured and judged, and nothing on it is
  changed, with the code of the reason (area \`policy\`): \`out-of-scope\`: tsync cannot set this host at all; \`strategy-impossible\`: this host cannot
  have that strategy, and \`degrade: allow\` would take the nearest; \`no-clock-control\`: chronyd runs with \`-x\`.
- **tried on**: where the changes were really made, and not only planned. It speaks of the strategy named here; what the other
  columns of such a row say is a plan like any other.
  - \`real host\`: the tests of \`test/lab\` change, prove and roll back such a host, with \`ntp-only\` (those of ntpsec and systemd-timesyncd
    also with \`daemon: chrony\`). It is a container with Debian 12 and its own systemd, sysvinit or OpenRC. A container may not set the clock of its machine, so the
    lab's playbook waives \`chrony/no-clock-control\`; without the waiver it is only audited, as the row of chrony says.
  - \`emulated\`: the tests of \`test/lab/vm\` change and prove a machine in QEMU with Debian 13, the identity of an Azure guest and a PTP clock that
    stands in for the one of Hyper-V, with \`auto\`. No host of Azure or Hyper-V was used.
  - \`fixture real\`: a real host was only read; what it printed is the fixture. Nothing was changed there.
  - \`fixture made\`: the probe program printed it on a tree of files made by hand after that distribution. No such host was used.
`;
}
