import type { HostTask } from '#engine/host-task.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Host, SettingsLayer } from '#inventory/host.js';
import { selectHosts } from '#inventory/select-hosts.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import { readInventory } from '#sources/read-inventory.js';
import { operatorName } from '#transport/operator-name.js';
import type { FleetOptions, PolicyOptions, RolloutOptions } from './options.js';
import { readBecomePassword } from './read-secret.js';

/** The hosts that a command is about, with settings, and the hosts that no play names. */
export interface Fleet {
  readonly tasks: readonly HostTask[];
  readonly withoutPlay: readonly string[];
  /** What was read, by its digest; the playbook's is null where none was named. */
  readonly read: { readonly inventory: string; readonly playbook: string | null };
}

/**
 * Reads inventory and playbook, selects hosts and merges settings. Asks for the sudo password last, when all else is valid.
 * Throws `TsyncError` (64 or 65) before anything is contacted.
 */
export async function loadFleet(
  inventoryPath: string,
  options: FleetOptions & PolicyOptions & RolloutOptions,
): Promise<Fleet> {
  const inventory = await readInventory(inventoryPath);
  const playbook =
    options.playbook === undefined
      ? null
      : await (await import('#sources/read-playbook.js')).readPlaybook(options.playbook);
  const selected = selectHosts(inventory, options.limit ?? null);
  const flags = flagsOf(options);
  const tasks: HostTask[] = [];
  const withoutPlay: string[] = [];
  for (const host of selected) {
    const settings = resolveSettings(host, inventory, playbook, flags);
    if (settings === null) withoutPlay.push(host.name);
    else tasks.push({ host, settings });
  }
  if (tasks.length === 0) {
    throw new TsyncError(
      'usage/no-hosts',
      `None of the ${selected.length} selected hosts of ${inventoryPath} is named by a play.`,
      { exitCode: 64 },
    );
  }
  const becomePassword = await readBecomePassword(options);
  return {
    tasks: tasks.map((task) => ({ ...task, host: withFlags(task.host, options, becomePassword) })),
    withoutPlay,
    read: { inventory: inventory.digest, playbook: playbook?.digest ?? null },
  };
}

/** What the command line says of settings: it counts before everything else. */
function flagsOf({ strategy, confirmTimeout }: PolicyOptions & RolloutOptions): SettingsLayer | null {
  const values = {
    ...(strategy === undefined ? {} : { strategy }),
    ...(confirmTimeout === undefined ? {} : { rollout: { confirm_timeout: confirmTimeout } }),
  };
  return Object.keys(values).length === 0 ? null : { origin: 'the command line', values };
}

/** Flags that fill in what the inventory leaves open, as Ansible's do, and those that hold for every host. */
function withFlags(host: Host, options: FleetOptions, becomePassword: string | null): Host {
  const { connection } = host;
  return {
    ...host,
    connection: {
      ...connection,
      user: connection.user ?? options.user ?? operatorName(process.env),
      privateKeyFiles: connection.privateKeyFiles.length > 0 ? connection.privateKeyFiles : (options.privateKey ?? []),
      become: connection.become || options.become === true,
      becomePassword: connection.becomePassword ?? becomePassword,
      connectTimeoutMs: options.timeout === undefined ? connection.connectTimeoutMs : options.timeout * 1000,
    },
  };
}
