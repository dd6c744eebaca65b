import { isAbsolute, join } from 'node:path';
import { startDemo } from '#demo/start-demo.js';
import { operatorHome } from '#transport/operator-home.js';
import type { OutputOptions } from '../options.js';
import { isText } from '../output.js';
import type { ReviewOptions } from '../review.js';
import { rollback } from './rollback.js';
import { run } from './run.js';

export type DemoOptions = OutputOptions &
  ReviewOptions & { readonly fresh?: boolean; readonly rollback?: boolean; readonly limit?: string };

/**
 * `tsync demo`: the whole of `tsync run` (or `rollback`) on simulated hosts that live in a folder of the operator's cache and
 * keep what was done to them. Gives the exit code of that run.
 */
export async function demo(options: DemoOptions): Promise<number> {
  const { XDG_CACHE_HOME = '' } = process.env;
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(operatorHome(process.env), '.cache');
  const fleet = await startDemo({ folder: join(cache, 'tsync', 'demo'), fresh: options.fresh === true });
  if (isText(options))
    process.stderr.write(
      `a simulated fleet of ${fleet.hosts.length} hosts listens on 127.0.0.1: ${fleet.inventoryFile}\n`,
    );
  // Servers, hosts and client share this machine: more at a time would measure its load and not the clocks.
  const settings = { ...options, forks: 4, maxUnreachable: 0, knownHosts: [fleet.knownHostsFile] };
  try {
    return options.rollback
      ? await rollback('latest', { ...settings, inventory: fleet.inventoryFile })
      : await run(fleet.inventoryFile, { ...settings, preflight: true });
  } finally {
    await fleet.close();
  }
}
