import { isBelow } from '#config/host-path.js';
import type { KeptDaemon } from '#config/kept-daemon.js';
import { findOwnerMark } from '#config/ownership.js';
import { ntpConfigPath } from '#config/read-ntp-config.js';
import { assignedValue, assignValue, parseAssignments, printAssignments } from '#config/shell-assignments.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { evidence } from '#rules/evidence.js';
import type { Settings } from '#settings/settings.js';
import { wantFile } from './edit-files.js';
import type { Wanted } from './policy.js';

export interface DhcpDecision {
  /** As it will run: without the file that DHCP made for it, where that is to be ignored. */
  readonly daemon: KeptDaemon;
  readonly wanted: readonly Wanted[];
  /** Why the servers of DHCP cannot be left out, or null. */
  readonly problem: Problem | null;
}

/**
 * On Debian and Ubuntu a hook of the DHCP clients copies ntp.conf with other servers to /run, and the daemon is started with that
 * copy. Only ntpsec has a switch against it: IGNORE_DHCP in /etc/default/ntpsec (its ntp-systemd-wrapper).
 */
export function decideDhcp(facts: Facts, daemon: KeptDaemon, settings: Settings): DhcpDecision {
  const asIs = { daemon, wanted: [], problem: null };
  if (settings.dhcpServers === 'keep' || daemon.name !== 'ntpsec') return asIs;
  const file = facts.files.get(DEFAULTS);
  if (file?.state !== 'present' || file.truncated) return asIs;
  const lines = parseAssignments(file.bytes);
  const value = assignedValue(lines, 'IGNORE_DHCP');
  const isFromDhcp = isBelow('/run', ntpConfigPath(facts, daemon) ?? '');
  const after = isFromDhcp ? { ...daemon, commandLine: null } : daemon;
  if (value === 'yes' || value === undefined) return { ...asIs, daemon: value === 'yes' ? after : daemon };
  const edited = assignValue(lines, 'IGNORE_DHCP', 'yes');
  const mark = settings.takeOwnership ? null : findOwnerMark(file.bytes);
  if (edited === null || mark !== null) {
    const detail = `IGNORE_DHCP in ${DEFAULTS} cannot be set: ${mark ?? 'its value is no plain text'}.`;
    return { ...asIs, problem: isFromDhcp ? problem('policy/edit-refused', detail) : null };
  }
  const { mode, owner, group } = file;
  const desired = { bytes: printAssignments(edited), mode, owner, group, truncated: false } as const;
  const seen = [evidence(DEFAULTS, `IGNORE_DHCP="${value ?? ''}"`)];
  return {
    daemon: after,
    wanted: [wantFile(DEFAULTS, desired, [{ rule: 'sources/dhcp', evidence: seen }])],
    problem: null,
  };
}

const DEFAULTS = '/etc/default/ntpsec';
