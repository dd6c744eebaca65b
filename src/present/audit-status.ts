import { hasUnknownGuard } from '#run/exit-code.js';
import type { HostState } from '#run/run-state.js';
import { isWaived, openFindings } from './findings.js';

/**
 * The first line that is true of an audited host:
 *
 * | status        | true when                                                     |
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
export type AuditStatus =
  | 'unreachable'
  | 'failed'
  | 'unfinished'
  | 'off'
  | 'unknown'
  | 'skipped'
  | 'remark'
  | 'in-sync';

export function auditStatusOf(host: HostState): AuditStatus {
  if (host.outcome === 'unreachable') return 'unreachable';
  if (host.outcome === 'failed' || hasUnknownGuard(host)) return 'failed';
  if (host.plan === null) return host.outcome === 'skipped' ? 'skipped' : 'unfinished';
  const open = openFindings(host.plan.findings);
  if (open.some((finding) => finding.status !== 'unknown' && finding.severity !== 'info')) return 'off';
  if (open.some((finding) => finding.status === 'unknown')) return 'unknown';
  if (host.outcome === 'skipped') return 'skipped';
  return open.length > 0 || host.plan.findings.some(isWaived) ? 'remark' : 'in-sync';
}
