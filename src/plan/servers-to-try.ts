import type { Settings } from '#policy/settings.js';
import type { HostPlan } from './plan.js';

/** The servers of the playbook that the plan would add: what the host itself should try before anybody approves. */
export function serversToTry(plan: HostPlan, settings: Settings): readonly string[] {
  const isAdding = plan.findings.some(
    (finding) => finding.status === 'drift' && finding.rule === 'sources/playbook-servers' && finding.waived === null,
  );
  if (!isAdding || plan.changes.length === 0) return [];
  // With a key or NTS a plain question may stay unanswered: that would prove nothing.
  return settings.ntpServers.filter((server) => server.key === null && !server.nts).map((server) => server.address);
}
