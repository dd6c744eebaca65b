import type { Finding, Severity } from '#plan/plan.js';

/** From the least to the most serious. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];

/** Higher is more serious: `info` 0, `critical` 4. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** A finding that still stands: neither in sync nor accepted by a waiver. */
export function isOpen(finding: Finding): boolean {
  return finding.status !== 'in-sync' && finding.waived === null;
}

/** Open, and more than a remark: what keeps a host from being in sync. */
export function isAgainst(finding: Finding): boolean {
  return isOpen(finding) && (finding.status === 'unknown' || finding.severity !== 'info');
}

export type FindingCounts = { readonly [S in Severity]: number } & {
  /** Could not be judged, whatever their severity: counted here and nowhere else. */
  readonly unknown: number;
  readonly waived: number;
  readonly inSync: number;
};

/** Each finding in exactly one counter. */
export function countFindings(findings: Iterable<Finding>): FindingCounts {
  const counts = { info: 0, low: 0, medium: 0, high: 0, critical: 0, unknown: 0, waived: 0, inSync: 0 };
  for (const finding of findings) {
    if (finding.status === 'in-sync') counts.inSync++;
    else if (finding.waived !== null) counts.waived++;
    else if (finding.status === 'unknown') counts.unknown++;
    else counts[finding.severity]++;
  }
  return counts;
}
