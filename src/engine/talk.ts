import type { Host } from '#inventory/host.js';
import { becomeOf } from '#transport/become.js';
import { newMarks } from '#transport/bootstrap.js';
import { type Conversed, type ConverseOptions, converse } from '#transport/converse.js';
import type { EngineDeps } from './deps.js';

/** What one conversation of the engine adds to what every conversation has. */
export type Talk = Pick<ConverseOptions, 'program' | 'kind' | 'clock' | 'onFrame' | 'access'> & {
  /** Root is wanted even where the inventory does not ask for it: changes, and what only root can read. */
  readonly asRoot: boolean;
  readonly parameters: readonly string[];
  readonly silenceMs: number;
  readonly totalMs: number;
};

const READY_MS = 30_000;
/** The probe of a host with all its configuration files is 20 to 60 KiB; the programs cut what they say of one host at 3 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Opens a connection of its own, holds one conversation over it and closes it. Rejects with `HostTrouble`. */
export async function talk(host: Host, deps: EngineDeps, options: Talk): Promise<Conversed> {
  const connection = await deps.transport.connect(host, {
    signal: deps.leaveSignal,
    onRetry: (problem) => deps.emit({ type: 'host-retrying', host: host.name, problem }),
  });
  try {
    const { asRoot, silenceMs, totalMs, parameters, ...rest } = options;
    return await converse(connection, {
      ...rest,
      marks: newMarks(deps.newNonce),
      parameters: [...placeOf(host), ...parameters],
      become: becomeOf(
        { ...host.connection, user: loginOf(host), become: host.connection.become || asRoot },
        deps.loginName,
      ),
      host: host.name,
      privilege: deps.privilege,
      signal: deps.leaveSignal,
      deadlines: { readyMs: READY_MS, silenceMs, totalMs },
      maxBytes: MOST_BYTES,
      monotonicMs: deps.clock.monotonicMs,
      nowSeconds: deps.clock.nowSeconds,
    });
  } finally {
    connection.close();
  }
}

/** Without SSH nobody logs in: the operator is who is there already. */
function loginOf({ connection: { transport, user } }: Host): string | null {
  return transport === 'local' ? null : user;
}

/** The parameters that every program gets: where the host's paths and commands are. */
export function placeOf(host: Host): readonly string[] {
  return [...rootParameters(host), ...placeParameters(host)];
}

/** Where a local host is: an image tree, or this machine. */
function placeParameters({ connection: { transport, image } }: Host): string[] {
  if (transport !== 'local') return [];
  if (image === null) return ['here=yes'];
  return [`root=${image.root}`, 'image=yes', ...(image.platform === null ? [] : [`platform=${image.platform}`])];
}

/** `tsync_root` and `tsync_bin` put a host's paths and commands below a folder: the demo's hosts and tests live so. */
function rootParameters({ vars }: Host): string[] {
  const { tsync_root: root, tsync_bin: bin } = vars;
  return [...(typeof root === 'string' ? [`root=${root}`] : []), ...(typeof bin === 'string' ? [`bin=${bin}`] : [])];
}
