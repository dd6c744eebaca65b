import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export const sshdPath = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path)) ?? null;

/** OpenSSH's own server on loopback, for this user, with keys and configuration in a folder of its own. */
export interface Sshd {
  readonly port: number;
  readonly folder: string;
  readonly user: string;
  readonly userKeyFile: string;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

export async function startSshd(extra: readonly string[] = [], keyType = 'ed25519'): Promise<Sshd> {
  if (sshdPath === null) throw new Error('there is no sshd on this machine');
  const folder = await mkdtemp(join(tmpdir(), 'tsync-sshd-'));
  const port = await freePort();
  const user = userInfo().username;
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host')]);
  execFileSync('ssh-keygen', ['-q', '-t', keyType, '-N', '', '-C', 'user', '-f', join(folder, 'user')]);
  await writeFile(join(folder, 'authorized_keys'), await readFile(join(folder, 'user.pub')), { mode: 0o600 });
  await writeFile(
    join(folder, 'config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `PidFile ${folder}/pid`,
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'MaxStartups 200',
      ...extra,
      '',
    ].join('\n'),
  );
  const child = spawn(sshdPath, ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const listening = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Server listening')) resolve();
    });
    child.on('exit', () => reject(new Error(`sshd ended: ${log}`)));
  });
  await listening;
  return {
    port,
    folder,
    user,
    userKeyFile: join(folder, 'user'),
    hostKey: (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ').slice(0, 2).join(' '),
    log: () => log,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
