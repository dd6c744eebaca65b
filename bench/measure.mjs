// CPU, wall and memory of one command with everything it starts.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const POLL_MS = 50;

/**
 * Runs a command to its end.
 * @returns {Promise<{code: number, cpuSeconds: number, wallSeconds: number, memoryMiB: number, output: string}>} CPU with all children
 * that were waited for (the shell's `time`); memory is the largest sum of resident sets seen, 20 times a second.
 */
export async function measure(command, args, options = {}) {
  const child = spawn('bash', ['-c', 'TIMEFORMAT="bench-times %R %U %S"; time "$@"', 'bench', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  let memoryMiB = 0;
  const poll = setInterval(() => {
    memoryMiB = Math.max(memoryMiB, residentMiB(child.pid));
  }, POLL_MS);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(poll);
  const times = /bench-times ([\d.]+) ([\d.]+) ([\d.]+)/.exec(errors);
  if (!times) throw new Error(`${command}: no times in ${errors.slice(-500)}`);
  const [wallSeconds, user, system] = times.slice(1).map(Number);
  return { code, cpuSeconds: user + system, wallSeconds, memoryMiB, output: output + errors };
}

/** Sum of the resident sets of a process and its descendants. */
function residentMiB(root) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readOrNull(`/proc/${pid}/stat`);
    if (stat) parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isOurs = (pid) => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === root) return true;
    return false;
  };
  let kib = 0;
  for (const pid of parents.keys()) {
    if (!isOurs(pid)) continue;
    kib += Number(/VmRSS:\s+(\d+)/.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
  }
  return kib / 1024;
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
