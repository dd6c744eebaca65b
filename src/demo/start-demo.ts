import { access, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TsyncError } from '#errors/tsync-error.js';
import { type DemoPlace, demoInventory, demoKnownHosts } from './demo-inventory.js';
import { type DemoHost, fleet } from './fleet.js';
import { type HostServer, startHostServer } from './host-server.js';
import { keyAt, verifier } from './keys.js';
import { finishTimers } from './timers.js';
import { refreshCommands, writeHost } from './write-host.js';

/** A running simulated fleet. */
export interface Demo {
  readonly inventoryFile: string;
  readonly knownHostsFile: string;
  readonly privateKeyFile: string;
  readonly hosts: readonly DemoHost[];
  /** Folder of a host by its name: root/ below it is what the host sees as /. */
  readonly folders: ReadonlyMap<string, string>;
  /** Stops the servers and what runs in them. Guards that are still armed fire now, because later nobody would be there. */
  close(): Promise<void>;
}

/** Nobody listens there, and nobody but root could. */
const DEAD_PORT = 1;

/** What marks a folder as ours: `fresh` removes no other. */
const MARK = '.tsync-demo';

/**
 * Starts the simulated fleet in `folder`: 14 SSH servers on 127.0.0.1, each with a host's files and commands in a folder of
 * its own. What was done to the hosts before is kept, unless `fresh`. Rejects when `folder` holds something else.
 */
export async function startDemo(options: { readonly folder: string; readonly fresh: boolean }): Promise<Demo> {
  const folder = await ownFolder(options.folder, options.fresh);
  const privateKeyFile = join(folder, 'id_ed25519');
  const clientKey = verifier(await keyAt(privateKeyFile));
  const ports = await formerPorts(folder);
  const servers: HostServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all(fleet.map((host) => finishTimers(hostFolder(folder, host))));
  };
  try {
    const placeOf = async (host: DemoHost): Promise<DemoPlace> => {
      await prepareHost(host, hostFolder(folder, host));
      const key = await keyAt(join(folder, 'keys', host.name));
      const known = host.fault === 'host-key-changed' ? await keyAt(join(folder, 'keys', `${host.name}-before`)) : key;
      let port = DEAD_PORT;
      if (host.fault !== 'unreachable') {
        const wanted = ports[host.name] ?? 0;
        const server = await startHostServer({
          folder: hostFolder(folder, host),
          hostKey: key.privateKey,
          clientKey,
          port: wanted,
        });
        servers.push(server);
        port = server.port;
      }
      return { host, port, knownKey: known.publicKey, folder: hostFolder(folder, host) };
    };
    const places = await allOrThrow(fleet.map(placeOf));
    const inventoryFile = join(folder, 'inventory.yaml');
    const knownHostsFile = join(folder, 'known_hosts');
    await replace(inventoryFile, demoInventory(places, privateKeyFile));
    await replace(knownHostsFile, demoKnownHosts(places));
    await replace(
      join(folder, 'ports.json'),
      JSON.stringify(Object.fromEntries(places.map(({ host, port }) => [host.name, port]))),
    );
    const folders = new Map(places.map((place) => [place.host.name, place.folder]));
    return { inventoryFile, knownHostsFile, privateKeyFile, hosts: fleet, folders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for all even when one fails, so that what was started can be stopped. */
async function allOrThrow<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function hostFolder(folder: string, host: DemoHost): string {
  return join(folder, 'hosts', host.name);
}

/** The folder, made if missing, by its real path. A folder with other things in it is refused, never emptied. */
async function ownFolder(path: string, fresh: boolean): Promise<string> {
  if (/[^A-Za-z0-9_./+@,~=-]/.test(resolve(path))) {
    throw new TsyncError('demo/folder', `${path}: blanks, quotes and the like cannot be in the path of the demo.`, {
      exitCode: 64,
    });
  }
  const isOurs = await exists(join(path, MARK));
  if (!isOurs && (await exists(path)) && !(await isEmpty(path))) {
    throw new TsyncError('demo/folder', `${path} is there already and is no folder of tsync demo.`, { exitCode: 64 });
  }
  if (isOurs && fresh) {
    await Promise.all(fleet.map((host) => finishTimers(hostFolder(path, host))));
    await rm(path, { recursive: true, force: true });
  }
  await mkdir(join(path, 'hosts'), { recursive: true, mode: 0o700 });
  await writeFile(join(path, MARK), 'The simulated hosts of tsync demo. May be removed while no demo runs.\n');
  return realpath(path);
}

/** A host that was made before keeps its state; one that was interrupted while being made is made again. */
async function prepareHost(host: DemoHost, folder: string): Promise<void> {
  if (await exists(join(folder, 'host.conf'))) return refreshCommands(host, folder);
  // The path of a host must be final before its services start: their timers and processes are known by it.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeHost(host, folder);
}

/** The ports of the last time, so that a saved plan or a second shell still finds the hosts. */
async function formerPorts(folder: string): Promise<{ readonly [name: string]: number }> {
  try {
    const saved: unknown = JSON.parse(await readFile(join(folder, 'ports.json'), 'utf8'));
    const entries = Object.entries(saved as object).filter(
      (entry): entry is [string, number] => Number.isInteger(entry[1]) && entry[1] > 1023 && entry[1] < 65_536,
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isEmpty(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => ['?'])).length === 0;
}
