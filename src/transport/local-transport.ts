import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Host } from '#inventory/host.js';
import { compactShell } from '#probe/probe-program.js';
import { quote } from './bootstrap.js';
import type { Connection, ExecEnd, ImageAccess, RemoteExec, Transport } from './connection.js';

/**
 * The machine that tsync runs on: each command is run by `sh`, without SSH. Of an image tree it is looked first whether one is
 * there; it is never the running system, and what works on it is enclosed (image-sandbox.sh). Rejects with `HostTrouble`.
 */
export const localTransport: Transport = {
  async connect({ connection: { image } }: Host): Promise<Connection> {
    if (image !== null) checkTree(image.root);
    const running = new Set<RemoteExec>();
    return {
      ...(image === null ? {} : { enclosure: (access: ImageAccess) => enclosureOf(image.root, access) }),
      async exec(command) {
        const exec = start(command);
        running.add(exec);
        void exec.ended.then(() => running.delete(exec));
        return exec;
      },
      close() {
        for (const exec of running) exec.destroy();
      },
    };
  },
  close: async () => {},
};

function checkTree(root: string): void {
  const tree = look(`${root}/etc`);
  const own = look('/etc');
  if (tree === null) throw noTree(`There is no folder ${printable(root)}/etc: no system is mounted there.`);
  if (own !== null && tree.dev === own.dev && tree.ino === own.ino)
    throw noTree(`${printable(root)} is the running system itself: leave "root" out to set that.`);
}

function look(path: string) {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() ? found : null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw noTree(`${printable(path)} cannot be looked at by this user: ${printable(code)}.`);
  }
}

/** The words that image-sandbox.sh is run by. Its text is in them: root may not be able to read the folder it lies in. */
function enclosureOf(root: string, access: ImageAccess): string {
  const text = readFileSync(new URL('../transport/image-sandbox.sh', import.meta.url), 'utf8');
  return `/bin/sh -c 'eval "$1"' tsync ${quote(compactShell(text))} outside ${quote(root)} ${access} `;
}

function noTree(detail: string): HostTrouble {
  return new HostTrouble(problem('transport/no-tree', detail));
}

/** In a session of its own, so that a Ctrl-C at the terminal reaches tsync and not the program in the middle of its work. */
function start(command: string): RemoteExec {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'pipe' });
  const ended = Promise.withResolvers<ExecEnd>();
  child.on('error', (error) => {
    const detail = `sh could not be started here: ${printable(error.message)}.`;
    ended.resolve({ code: null, signal: null, problem: problem('transport/exec-refused', detail) });
  });
  child.on('close', (code, signal) => ended.resolve({ code, signal }));
  // A write to a command that has ended is no news: `ended` tells.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  return {
    write: (bytes) => {
      if (child.stdin.writable) child.stdin.write(bytes);
    },
    endInput: () => {
      child.stdin.end();
    },
    destroy: () => drop(child),
    onStdout: (listener) => {
      child.stdout.on('data', listener);
    },
    onStderr: (listener) => {
      child.stderr.on('data', listener);
    },
    ended: ended.promise,
  };
}

/** The end of its input and a broken pipe are what a command sees of a lost connection too. */
function drop(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
