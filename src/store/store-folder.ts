import { isAbsolute, join } from 'node:path';

/**
 * Where the store is: `$XDG_STATE_HOME/tsync`, by default `~/.local/state/tsync`. A relative XDG_STATE_HOME does not
 * count, as the XDG base directory specification says.
 */
export function storeFolder(environment: { readonly [name: string]: string | undefined }, home: string): string {
  const state = environment.XDG_STATE_HOME ?? '';
  return join(isAbsolute(state) ? state : join(home, '.local', 'state'), 'tsync');
}
