import type { Finding, Severity } from '#plan/plan.js';
import { isOpen, severityRank } from '#run/count-findings.js';
import { hasUnknownGuard } from '#run/exit-code.js';
import type { HostState } from '#run/run-state.js';

/**
 * Where an audited host stands, the first line that is true:
 *
 * | standing      | true when                                                     |
 * | ------------- | ------------------------------------------------------------- |
 * | `unreachable` | its outcome says so                                           |
 * | `failed`      | it failed, or the state of its guard is not known             |
 * | `unfinished`  | it was never assessed                                         |
 * | `off`         | an open drift or violation of more than severity `info`       |
 * | `unknown`     | something could not be judged                                 |
 * | `skipped`     | it was looked at, and the policy is not for it                |
 * | `remark`      | only findings of severity `info`, or waived ones              |
 * | `in-sync`     | nothing is open                                               |
 */
export type Standing = 'unreachable' | 'failed' | 'unfinished' | 'off' | 'unknown' | 'skipped' | 'remark' | 'in-sync';

export function standingOf(host: HostState): Standing {
  if (host.outcome === 'unreachable') return 'unreachable';
  if (host.outcome === 'failed' || hasUnknownGuard(host)) return 'failed';
  if (host.plan === null) return host.outcome === 'skipped' ? 'skipped' : 'unfinished';
  const open = openFindings(host.plan.findings);
  if (open.some((finding) => finding.status !== 'unknown' && finding.severity !== 'info')) return 'off';
  if (open.some((finding) => finding.status === 'unknown')) return 'unknown';
  if (host.outcome === 'skipped') return 'skipped';
  return open.length > 0 || host.plan.findings.some(isWaived) ? 'remark' : 'in-sync';
}

/** Wrong, and accepted with a reason: shown, and nothing more. */
export function isWaived(finding: Finding): boolean {
  return finding.status !== 'in-sync' && finding.waived !== null;
}

/** What still stands, the most serious first; what could not be judged after what was, in its own severity. */
export function openFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(isOpen).sort((a, b) => rankOf(b) - rankOf(a));
}

/** The severity of the worst drift or violation; null when there is none. */
export function worstSeverity(findings: readonly Finding[]): Severity | null {
  return openFindings(findings).find((finding) => finding.status !== 'unknown')?.severity ?? null;
}

function rankOf(finding: Finding): number {
  return severityRank(finding.severity) * 2 + (finding.status === 'unknown' ? 0 : 1);
}
