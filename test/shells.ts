import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The shells that a host may have as `sh`, as words of a command line. bash(1) reads ~/.bashrc where its input is a socket, as ours is; as `sh`
 * it would not, and has its POSIX mode.
 */
const ALL: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  'busybox ash': ['busybox', 'ash'],
  bash: ['bash', '--norc', '--posix'],
  mksh: ['mksh'],
  posh: ['posh'],
};

/** The shell of tests that need only one: dash, the strictest that is common, or this system's own. */
export const SH: readonly string[] = isInstalled('dash') ? ['dash'] : ['sh'];

/**
 * `TSYNC_TESTS=all`, as in CI: every host script under every shell, whole fleets of hostile hosts, more of the points at which a program is
 * killed. Otherwise tests take fewer of each, because these take most of the time of all tests.
 */
export const ALL_TESTS = process.env.TSYNC_TESTS === 'all';

/** The shells that each host script is tried under: with `ALL_TESTS` all, and a missing one fails its tests; otherwise only `SH`. */
export const SHELLS: Readonly<Record<string, readonly string[]>> = ALL_TESTS ? ALL : { [SH.join(' ')]: SH };

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
