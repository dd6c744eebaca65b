import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an undo program may take. */
const FINISH_MS = 20_000;
const LOOK_MS = 50;

/**
 * Lets every armed timer of a host (a guard) fire now and waits until its command has ended, then ends by force what did not.
 * Processes are those that the host's systemd-run wrote down, and only if they still are timers of this folder.
 */
export async function finishTimers(folder: string): Promise<void> {
  const timers = await pidsIn(join(folder, 'state/timers'));
  for (const [, pid] of timers) if (await isTimerOf(folder, pid)) signal(pid, 'SIGUSR1');
  const deadline = performance.now() + FINISH_MS;
  // A fired timer is the main process of a service of its name until the command has ended.
  const services = (await pidsIn(join(folder, 'state/active'))).filter(([name]) => name.startsWith('tsync-'));
  const pids = [...timers, ...services].map(([, pid]) => pid);
  for (const pid of pids) {
    while ((await isTimerOf(folder, pid)) && performance.now() < deadline) await sleep(LOOK_MS);
    if (await isTimerOf(folder, pid)) signal(-pid, 'SIGKILL');
  }
  for (const [name] of timers) await rm(join(folder, 'state/timers', name), { force: true });
}

async function pidsIn(folder: string): Promise<[name: string, pid: number][]> {
  const names = await readdir(folder).catch(() => []);
  const read = names.map(
    async (name): Promise<[string, number]> => [
      name,
      Number(await readFile(join(folder, name), 'utf8').catch(() => '0')),
    ],
  );
  return (await Promise.all(read)).filter(([, pid]) => Number.isInteger(pid) && pid > 1);
}

/** A process number may be somebody else's by now: its command line tells. */
async function isTimerOf(folder: string, pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes(join(folder, 'bin/timer'));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in this moment.
  }
}
