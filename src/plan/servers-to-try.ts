import type { Settings } from '#policy/settings.js';
import type { HostPlan } from './plan.js';

/** The servers that the plan would add, of the playbook or of the cloud: what the host itself should try before anybody approves. */
export function serversToTry(plan: HostPlan, settings: Settings): readonly string[] {
  if (plan.changes.length === 0) return [];
  // With a key or NTS a plain question may stay unanswered: that would prove nothing.
  const named = settings.ntpServers.filter((server) => server.key === null && !server.nts);
  return [
    ...(isAdding(plan, 'sources/playbook-servers') ? named.map((server) => server.address) : []),
    ...wantedLines(plan, 'sources/cloud-endpoint'),
  ];
}

function isAdding(plan: HostPlan, rule: string): boolean {
  return plan.findings.some((one) => one.status === 'drift' && one.rule === rule && one.waived === null);
}

/** Addresses of the server lines that a change says it adds for this rule. */
function wantedLines(plan: HostPlan, rule: string): readonly string[] {
  if (!isAdding(plan, rule)) return [];
  const texts = plan.findings
    .filter((one) => one.rule === rule)
    .flatMap(({ evidence }) => evidence.map(({ text }) => text));
  return texts.flatMap((text) => /^wanted: server (\S+)/.exec(text)?.[1] ?? []);
}
