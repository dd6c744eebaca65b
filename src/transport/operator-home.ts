import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { TsyncError } from '#errors/tsync-error.js';

/**
 * The home of whoever runs tsync: $HOME, or where that is not set, empty or relative what the user database says: never a folder
 * of the place where tsync was called. `environment` is `process.env`. Throws `TsyncError` 64 where neither knows one.
 */
export function operatorHome(
  environment: { readonly [name: string]: string | undefined },
  databaseHome: () => string = () => userInfo().homedir,
): string {
  const home = environment.HOME ?? '';
  if (isAbsolute(home)) return home;
  try {
    return databaseHome();
  } catch (cause) {
    const detail = 'HOME is no absolute path, and the user database does not have this user.';
    throw new TsyncError('usage/no-home', detail, { exitCode: 64, cause });
  }
}
