import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DemoHost } from './fleet.js';
import { hostFiles } from './host-files.js';

/** The shared files that a stand-in sources. */
const LIBRARIES = ['host.sh', 'chrony.sh', 'units.sh', 'packages.sh'];
const TOOLS = ['sudo', 'stat', 'chown', 'chgrp', 'sync'];

/** As if its services had been started an hour ago. */
const RUNNING_SECONDS = 3_600;

/** Makes a fresh host in `folder` (which must not exist): what it sees as / below root/, its commands in bin/, and starts its services. */
export async function writeHost(host: DemoHost, folder: string): Promise<void> {
  const { files, links, folders, commands, units } = hostFiles(host);
  for (const path of folders) await mkdir(join(folder, path), { recursive: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: path.endsWith('.keys') ? 0o640 : 0o644 });
  }
  for (const [path, target] of links) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  await symlink('/proc/uptime', join(folder, 'root/proc/uptime'));
  await writeCommands(folder, commands);
  for (const unit of units) {
    await promisify(execFile)(join(folder, 'bin/systemctl'), ['start', unit], {
      cwd: folder,
      env: { TSYNC_DEMO_UID: '0', TSYNC_DEMO_AGO: String(RUNNING_SECONDS) },
    });
  }
}

/** Puts this version's stand-ins into the host's bin and tools folders; the rest of the host stays as it is. */
export async function refreshCommands(host: DemoHost, folder: string): Promise<void> {
  await writeCommands(folder, hostFiles(host).commands);
}

async function writeCommands(folder: string, commands: readonly string[]): Promise<void> {
  await rm(join(folder, 'bin'), { recursive: true, force: true });
  await rm(join(folder, 'tools'), { recursive: true, force: true });
  await mkdir(join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'tools'), { recursive: true });
  for (const name of LIBRARIES) await copyScript(`bin/${name}`, join(folder, 'bin', name));
  for (const name of commands) await copyScript(`bin/${name}.sh`, join(folder, 'bin', name));
  for (const name of TOOLS) await copyScript(`tools/${name}.sh`, join(folder, 'tools', name));
}

async function copyScript(from: string, to: string): Promise<void> {
  await writeFile(to, await readFile(new URL(`../demo/${from}`, import.meta.url)));
  await chmod(to, 0o755);
}
