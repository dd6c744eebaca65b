import { findOwnerMark } from '#config/ownership.js';
import { assignedValue, assignValue, parseAssignments, printAssignments } from '#config/shell-assignments.js';
import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { evidence } from '#rules/evidence.js';
import type { Settings } from '#settings/settings.js';
import { wantFile } from './edit-files.js';
import type { Wanted } from './policy.js';

/** Where distributions keep the options of chronyd, and under which name. */
const OPTION_FILES = [
  { path: '/etc/default/chrony', name: 'DAEMON_OPTS' },
  { path: '/etc/sysconfig/chronyd', name: 'OPTIONS' },
] as const;

/**
 * A chronyd that runs with -x is told no more of it, where a file of options says so and nothing speaks for it: in a container,
 * which may not set the clock, -x is right. Empty: nothing to change here; then `judgeClockControl` tells of it.
 */
export function decideChronyOptions(facts: Facts, { daemon }: ChronyHost, settings: Settings): readonly Wanted[] {
  if (!daemon.commandLine?.includes('-x') || (facts.virtualization.value ?? 'container') === 'container') return [];
  return OPTION_FILES.flatMap(({ path, name }) => {
    const file = facts.files.get(path);
    if (file?.state !== 'present' || file.truncated) return [];
    if (!settings.takeOwnership && findOwnerMark(file.bytes) !== null) return [];
    const lines = parseAssignments(file.bytes);
    const words = assignedValue(lines, name)?.split(/\s+/) ?? [];
    if (!words.includes('-x')) return [];
    const edited = assignValue(lines, name, words.filter((word) => word !== '-x').join(' '));
    if (edited === null) return [];
    const { mode, owner, group } = file;
    const desired = { bytes: printAssignments(edited), mode, owner, group, truncated: false } as const;
    const seen = [evidence(path, `${name} has -x`)];
    return [wantFile(path, desired, [{ rule: 'chrony/no-clock-control', evidence: seen }])];
  });
}
