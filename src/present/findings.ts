import type { Finding, Severity } from '#plan/plan.js';
import { isOpen, severityRank } from '#run/count-findings.js';

/** Wrong, and accepted with a reason: shown, and nothing more. */
export function isWaived(finding: Finding): boolean {
  return finding.status !== 'in-sync' && finding.waived !== null;
}

/** What still stands, the most serious first; of one severity what was judged before what could not be. */
export function openFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(isOpen).toSorted((a, b) => rankOf(b) - rankOf(a));
}

/** The severity of the worst open finding. What could not be judged counts: it is not known to be fine. Null: nothing is open. */
export function worstSeverity(findings: readonly Finding[]): Severity | null {
  return openFindings(findings)[0]?.severity ?? null;
}

/** Higher is more serious; below all severities where nothing is open. */
export function worstRank(worst: Severity | null): number {
  return worst === null ? -1 : severityRank(worst);
}

function rankOf(finding: Finding): number {
  return severityRank(finding.severity) * 2 + (finding.status === 'unknown' ? 0 : 1);
}
