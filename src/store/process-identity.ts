import { readFileSync } from 'node:fs';

/**
 * This process, so that another can tell whether it still lives: its number and, where /proc has it, the time it was
 * started (in clock ticks since boot), because numbers are used again.
 */
export function processIdentity(pid: number = process.pid): string {
  return `${pid} ${startedAt(pid) ?? ''}`.trimEnd();
}

/** Whether the process of this identity is still there. */
export function isProcessAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  return pid > 0 && exists(pid) && processIdentity(pid) === identity;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; the second field is a name in brackets that may hold anything. */
function startedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
