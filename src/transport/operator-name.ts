import { userInfo } from 'node:os';

/**
 * The name of whoever runs tsync: of the user database, and where that does not have them, as in a container that runs as any
 * number, $LOGNAME or $USER, at last the number. `environment` is `process.env`.
 */
export function operatorName(
  environment: { readonly [name: string]: string | undefined },
  databaseName: () => string = () => userInfo().username,
): string {
  try {
    return databaseName();
  } catch {
    return environment.LOGNAME || environment.USER || String(process.getuid?.() ?? 'unknown');
  }
}
