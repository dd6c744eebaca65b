import { execFileSync } from 'node:child_process';
import { TOP } from './operator.js';

/**
 * Whether this machine can be a lab: root, the programs, and a tsync that is built. Where it cannot, says why on standard
 * error, so that nobody takes a skipped test for a passed one; `mustRun` makes it an error.
 */
export function canRunLab(what: string, programs: readonly string[], mustRun: boolean): boolean {
  const reason = whyNot(programs);
  if (reason === null) return true;
  if (mustRun) throw new Error(`${what} cannot run: ${reason}`);
  console.warn(`SKIPPED ${what}: ${reason}`);
  return false;
}

/** In CI nothing is skipped. */
export const IN_CI = Boolean(process.env.CI);

function whyNot(programs: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return 'it needs root';
  const missing = programs.filter((program) => !succeeds(`command -v ${program}`));
  if (missing.length > 0) return `it needs ${missing.join(', ')} (Debian packages: see test/lab/README.md)`;
  return succeeds(`test -f ${TOP}/dist/cli/main.js`) ? null : 'tsync is not built (npm run build)';
}

function succeeds(command: string): boolean {
  try {
    execFileSync('sh', ['-c', command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
