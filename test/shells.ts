import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The shells that a host may have as `sh`, as words of a command line. bash(1) reads ~/.bashrc where its input is a socket, as ours is; as `sh`
 * it would not. Where that file of the machine fails, `--posix` ends the shell.
 */
const ALL: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  'busybox ash': ['busybox', 'ash'],
  bash: ['bash', '--norc'],
  'bash --posix': ['bash', '--norc', '--posix'],
  mksh: ['mksh'],
  posh: ['posh'],
};

/** The shell of tests that need only one: dash, the strictest that is common, or this system's own. */
export const SH: readonly string[] = isInstalled('dash') ? ['dash'] : ['sh'];

/**
 * The shells that each host script is tried under. `TSYNC_SHELLS=all`, as in CI: all, and a missing one fails its tests. Otherwise only
 * `SH`, because every program under every shell takes most of the time of all tests.
 */
export const SHELLS: Readonly<Record<string, readonly string[]>> =
  process.env.TSYNC_SHELLS === 'all' ? ALL : { [SH.join(' ')]: SH };

function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
