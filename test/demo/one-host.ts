import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DemoHost, fleet } from '#demo/fleet.js';
import { finishTimers } from '#demo/timers.js';
import { writeHost } from '#demo/write-host.js';

/** A simulated host without its server, to run the stand-ins of directly. */
export interface OneHost {
  readonly folder: string;
  /** Runs a stand-in as root; gives status and both outputs. */
  run(
    command: string,
    ...args: string[]
  ): { readonly status: number; readonly stdout: string; readonly stderr: string };
  runAs(uid: string, command: string, ...args: string[]): ReturnType<OneHost['run']>;
  read(path: string): string;
  /** Writes a file of the host, below its root. */
  write(path: string, text: string): void;
  remove(): Promise<void>;
}

export async function oneHost(name: string, changes: Partial<DemoHost> = {}): Promise<OneHost> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'tsync-demo-host-')));
  const found = fleet.find((host) => host.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  const folder = join(top, 'hosts', name);
  mkdirSync(folder, { recursive: true });
  await writeHost({ ...found, ...changes }, folder);
  const runAs: OneHost['runAs'] = (uid, command, ...args) => {
    const outputs = join(top, 'stderr');
    try {
      const stdout = execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>"$ERRORS"', join(folder, 'bin', command), ...args], {
        encoding: 'utf8',
        env: { TSYNC_DEMO_UID: uid, ERRORS: outputs, PATH: '/usr/bin:/bin' },
      });
      return { status: 0, stdout, stderr: readFileSync(outputs, 'utf8') };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, stdout, stderr: readFileSync(outputs, 'utf8') };
    }
  };
  return {
    folder,
    runAs,
    run: (command, ...args) => runAs('0', command, ...args),
    read: (path) => readFileSync(join(folder, 'root', path), 'utf8'),
    write(path, text) {
      mkdirSync(dirname(join(folder, 'root', path)), { recursive: true });
      writeFileSync(join(folder, 'root', path), text);
    },
    async remove() {
      await finishTimers(folder);
      rmSync(top, { recursive: true, force: true });
    },
  };
}

/** `*` marks what chrony follows. */
export function selectedSource(host: OneHost): string | null {
  const line = host
    .run('chronyc', '-c', '-n', 'sources')
    .stdout.split('\n')
    .find((row) => row.split(',')[1] === '*');
  return line?.split(',')[2] ?? null;
}
